"""Experience: customers worked by hand, the limits, and what rises with the wait."""

from __future__ import annotations

import json
from dataclasses import replace
from math import exp
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import queuesim as qs
from queuesim.engines.outcome import Cause, ContactOutcome, Outcome
from queuesim.engines.reference import simulate_reference
from queuesim.results import Result, Totals, ratio, schema, tally
from queuesim.results.judging import BY_CAUSE, Judgement, judge
from queuesim.results.paths import Paths, paths_of
from queuesim.results.satisfaction import MEASURES, Satisfaction
from queuesim.results.tally import CONTACT_QUANTITIES
from queuesim.sampling import draw_tape
from tests.engines.by_hand import Row, all_day, contact_type, group, tape
from tests.engines.by_hand import scenario as day_of
from tests.engines.coming_back import everything
from tests.results.by_hand import HOUR, handled, is_of, lost, outcome, scenario

ROUND = qs.Experience(
    expected_wait={"phone": "100s", "chat": "60s"},
    expected_wait_of={"request": "1000s"},
    trust=0.75, wait=0.1, late=0.2, broken_promise=0.1, left=0.15, redial=0.05, repeat=0.1,
    transfer=0.04, front_door=0.02, after_hours=0.03, turn=0.01, unresolved=0.3, unfriendly=0.5,
    bot=0.25, friendliness=0.8, friendliness_of={"partner": 0.6},
)  # fmt: skip
"""Round numbers, to be worked by hand."""

WEIGHTS = (
    "wait", "late", "broken_promise", "left", "unresolved", "unfriendly", "bot", *BY_CAUSE.values()
)  # fmt: skip


def result_of(*outcomes: Outcome, keep: bool = True) -> Result:
    totals = Totals(outcomes[0].scenario, first=outcomes[0].tape.replication)
    for each in outcomes:
        totals.add(tally(each, keep_contacts=keep))
    return Result(totals, seed=1, engine="by hand")


def judged(*rows: dict[str, Any], model: qs.Experience = ROUND) -> pd.DataFrame:
    return result_of(outcome(scenario(), rows)).experience(model).customers


def one(row: dict[str, Any], model: qs.Experience = ROUND) -> pd.Series:
    return judged(row, model=model).iloc[0]


def verdict(row: pd.Series) -> str:
    return next(name for name in ("exceeded", "met", "missed") if row[name] == 1)


PARTNER = {"agent": 2}
BY_HAND = {
    "half the expected wait": (handled("phone", 10, 60), 1 - 0.05 - 0.1, 0.95, "exceeded"),
    "as long as expected": (handled("phone", 10, 110), 1 - 0.1 - 0.1, 0.9, "met"),
    "twice as long": (handled("phone", 10, 210), 1 - 0.1 - 0.2 / 2 - 0.1, 0.8, "missed"),
    "by the partner": (handled("phone", 10, 60, **PARTNER), 1 - 0.05 - 0.2, 0.95, "exceeded"),
    "abandoned": (
        lost("phone", 10, 410, ContactOutcome.ABANDONED),
        1 - 0.1 - 0.2 * 3 / 4 - 0.15 - 0.3 - 0.1,
        0.3,
        "missed",
    ),
    "blocked": (
        lost("phone", 10, 10, ContactOutcome.BLOCKED), 1 - 0.15 - 0.3 - 0.1, 0.55, "missed",
    ),
    "talked to, not resolved": (
        handled("phone", 10, 10, resolved=0), 1 - 0.3 - 0.1, 0.7, "missed",
    ),
    # announced 300 s where 60 s were expected: 240 s then
    "sooner than announced": (
        handled("chat", 10, 130, announced_s=300.0), 1 - 0.05 - 0.1, 0.95, "exceeded",
    ),
    # announced 100 s, 90 s expected then, 180 s waited, and 10 s of tolerance
    "later than announced": (
        handled("chat", 10, 190, announced_s=100.0), 1 - 0.1 - 0.1 - 0.1 - 0.1, 0.7, "missed",
    ),
    "a request, by its own expectation": (
        handled("request", 10, 510, due_s=10.0, dialled_s=500.0, attempts=1),
        1 - 0.05 - 0.1, 0.95, "exceeded",
    ),
    "a callback that came too late": (
        handled("phone", 100, 800, offer_s=150.0, accepted_s=150.0, due_s=150.0, dialled_s=790.0,
                attempts=1),
        1 - 0.05 - 0.1 - 0.1, 0.85, "missed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BY_HAND)
def test_customers_worked_by_hand(case: str) -> None:
    row, score, ease, expected = BY_HAND[case]
    customer = one(row)
    assert customer.score == pytest.approx(score, abs=1e-12)
    assert customer.ease == pytest.approx(ease, abs=1e-12)
    assert verdict(customer) == expected
    assert customer.csat == pytest.approx(1 / (1 + exp((0.6 - score) / 0.08)))
    assert customer.promoter == pytest.approx(1 / (1 + exp((9 / 11 - score) / 0.08)))
    assert customer.detractor == pytest.approx(1 - 1 / (1 + exp((7 / 11 - score) / 0.08)))
    above = [1 / (1 + exp((k / 7 - ease) / 0.08)) for k in range(1, 7)]
    assert customer.ces == pytest.approx(1 + sum(above))


def test_who_waits_when_the_horizon_ends_is_judged_as_it_stands() -> None:
    customer = one({"type": "phone", "arrival_s": 48 * HOUR - 50})
    assert customer.score == pytest.approx(1 - 0.05 - 0.3 - 0.1)
    assert (customer.open, customer.left, verdict(customer)) == (True, False, "missed")
    page = str(result_of(outcome(scenario(), [{"type": "phone", "arrival_s": 10.0}])).experience())
    assert "100.0 % still waited when the horizon ended" in page


def story() -> Outcome:
    """A caller; one who redials; a chat that comes back by phone; three who begin at the bot."""
    back = qs.Return(share=0.5, delay=60.0)
    door = qs.FrontDoor(contains=0.5, resolution=0.5, to={"phone": 0.6})
    day = day_of(
        [
            contact_type("phone", redial=back),
            contact_type("chat", "chat", repeat=qs.Return(share=0.5, delay=0.0, to="phone")),
            contact_type("web", "self_service", front_door=door, target=None),
        ],
        [group("home", ["phone", qs.Skill("chat", resolution=0.5)])],
    )
    redial = ((Row(0, 40),),)
    repeat = ((Row(0, 50),),)
    after_bot = ((Row(0, 30),),)
    rows = [
        Row(0, 100),
        Row(10, 40, patience=20, redials=True, redial_delay=60.0, again=redial),
        Row(3600, 30, kind="chat", resolution=0.5, repeats=True, again=repeat),
        Row(7200, 10, kind="web", resolution=0.2, path=0.1),  # enough
        Row(7300, 10, kind="web", resolution=0.7, path=0.2, again=after_bot),  # on to people
        Row(7400, 10, kind="web", resolution=0.7, path=0.9),  # gives up
    ]
    return simulate_reference(day, tape(day, rows, all_day("home")))


def test_paths_of_several_contacts_by_hand() -> None:
    model = ROUND.model_copy(update={"expected_wait_of": {}, "friendliness_of": {}})
    customers = result_of(story()).experience(model).customers
    assert customers["contacts"].tolist() == [1, 2, 2, 1, 2, 1]
    assert customers["contact_type"].tolist() == ["phone", "phone", "chat", "web", "web", "web"]
    served_by = [True, True, True, False, True, False]
    assert customers["agent_group"].notna().tolist() == served_by
    assert customers["left"].tolist() == [False, True, False, False, False, True]
    assert customers["resolved"].tolist() == [True, True, True, True, True, False]
    assert customers["by_bot"].tolist() == [False, False, False, True, False, False]
    assert customers["longest_wait_s"].tolist() == [0, 20, 0, 0, 0, 0]
    people = 0.5 * 0.2
    expected = [
        1 - people,
        1 - 0.1 * 0.2 - 0.15 - 0.05 - people,  # 20 s of 100 s, left, redialled
        1 - 0.1 - people,  # a repeat contact
        1 - 0.25,  # a bot
        1 - 0.02 - people,  # passed on
        1 - 0.15 - 0.3 - people,  # nobody, and nothing
    ]
    assert customers["score"].to_numpy() == pytest.approx(expected)
    names = [verdict(row) for _, row in customers.iterrows()]
    assert names == ["exceeded", "missed", "met", "met", "met", "missed"]


def test_the_longest_wait_is_that_of_any_contact() -> None:
    """One waits 20 s, leaves, calls at 90 and waits until 400; another waits longer at first."""
    day = day_of([contact_type("phone", redial=qs.Return(share=0.5, delay=60.0))],
                 [group("home", ["phone"])])  # fmt: skip
    rows = [
        Row(0, 400),
        Row(10, 40, patience=20, redials=True, redial_delay=60.0, again=((Row(0, 40),),)),
        Row(500, 5000, patience=20),
        Row(
            510,
            40,
            patience=70,
            redials=True,
            redial_delay=60.0,
            again=((Row(0, 40, patience=9),),),
        ),
    ]
    played = simulate_reference(day, tape(day, rows, all_day("home")))
    customers = result_of(played).experience().customers
    assert customers["longest_wait_s"].tolist() == [0, 310, 0, 70]


def test_columns_are_those_of_the_schema() -> None:
    customers = result_of(story()).experience().customers
    assert tuple(customers.columns) == ("replication", *schema.names(schema.CUSTOMER_COLUMNS))
    for column in schema.CUSTOMER_COLUMNS:
        assert is_of(customers[column.name], column.dtype), column.name


def two_replications() -> Result:
    rows = [handled("phone", 10.0, 60.0), lost("phone", 90.0, 490.0, ContactOutcome.ABANDONED)]
    more = [handled("phone", 30 * HOUR, 30 * HOUR + 100, agent=2), handled("chat", 20.0, 20.0)]
    return result_of(outcome(scenario(), rows), outcome(scenario(), [*rows, *more], replication=1))


def test_measures_are_ratios_of_sums_over_replications() -> None:
    said = two_replications().experience(ROUND)
    each = said.customers
    assert each["replication"].tolist() == [0, 0, 1, 1, 1, 1]
    assert said.measure("customers").value == 3
    sums = each.groupby("replication")
    assert said.measure("csat") == ratio(sums["csat"].sum(), [2, 4], unit="share")
    points = 100 * (sums["promoter"].sum() - sums["detractor"].sum())
    nps, by_numpy = said.measure("nps"), ratio(points, [2, 4])
    assert (nps.value, nps.half_width) == pytest.approx((by_numpy.value, by_numpy.half_width))
    assert said.measure("ces").value == pytest.approx(each["ces"].mean())
    counts = [said.measure(name).value for name in ("exceeded", "met", "missed")]
    assert counts == [1.5, 0.5, 1.0]  # 3, 1 and 2 customers in two replications
    assert sum(said.measure(f"{k}_share").value for k in ("exceeded", "met", "missed")) == 1
    partner = said.measure("customers", agent_group="partner")
    assert partner.value == 0.5
    assert said.measure("customers", contact_type="phone", agent_group="home").value == 1
    assert np.isnan(said.measure("csat", contact_type="request").value)


def test_the_frame_has_every_part_once() -> None:
    said = two_replications().experience(ROUND)
    frame = said.frame
    parts = frame[["by", "of"]].drop_duplicates()
    assert list(parts.itertuples(index=False, name=None)) == [
        ("all", "all"),
        *(("contact_type", name) for name in ("phone", "request", "chat")),
        *(("agent_group", name) for name in ("home", "partner")),
        ("week", "2026-W48"),
    ]
    assert len(frame) == len(parts) * len(MEASURES)
    customers = frame[frame.measure == "customers"].set_index("by")["value"]
    assert customers["all"] == customers["contact_type"].sum() == customers["week"].sum()


def test_weeks_begin_on_monday_and_are_those_of_the_first_attempt() -> None:
    sunday = scenario(horizon=qs.Horizon(start="2026-11-29", days=2, interval="6h"))
    rows = [handled("phone", HOUR, HOUR), handled("phone", 30 * HOUR, 30 * HOUR)]
    said = result_of(outcome(sunday, rows)).experience()
    assert said.customers["week"].tolist() == ["2026-W48", "2026-W49"]
    assert said.measure("customers", week="2026-W49").value == 1


def test_options_are_compared_on_the_same_customers() -> None:
    result = two_replications()
    base, strict = result.experience(ROUND), result.experience(
        ROUND.model_copy(update={"friendliness": 0.7})
    )  # fmt: skip
    gap = strict.difference(base, "csat")
    assert gap.value == pytest.approx(strict.measure("csat").value - base.measure("csat").value)
    assert gap.value < 0
    assert base.difference(base, "nps").half_width == 0
    other = Result(result.totals, seed=2, engine="by hand").experience(ROUND)
    with pytest.raises(ValueError, match="same seed; given 1 and 2"):
        base.difference(other, "csat")


# Limits


def test_served_at_once_by_a_friendly_person_is_the_best() -> None:
    best = ROUND.model_copy(update={"friendliness": 1.0})
    customer = one(handled("phone", 10, 10), best)
    assert (customer.score, customer.ease, customer.exceeded) == (1.0, 1.0, 1.0)
    certain = best.model_copy(update={"spread": 1e-4})
    said = result_of(outcome(scenario(), [handled("phone", 10, 10)])).experience(certain)
    assert said.measure("csat").value == pytest.approx(1.0)
    assert said.measure("nps").value == pytest.approx(100.0)
    assert said.measure("ces").value == pytest.approx(7.0)


def test_without_weights_all_answer_alike() -> None:
    nothing = ROUND.model_copy(update=dict.fromkeys(WEIGHTS, 0.0))
    everyone = judged(*(row for row, *_ in BY_HAND.values()), model=nothing)
    assert (everyone["score"] == 1.0).all()
    assert everyone["csat"].nunique() == everyone["ces"].nunique() == 1
    assert everyone["missed"].sum() == 6  # expectations are not weighed


def test_with_all_weights_nobody_falls_below_0() -> None:
    all_of_it = ROUND.model_copy(update=dict.fromkeys(WEIGHTS, 1.0))
    worst = one(lost("phone", 10, 410, ContactOutcome.ABANDONED), all_of_it)
    assert (worst.score, worst.ease) == (0.0, 0.0)
    assert 1.0 < worst.ces < 1.5


def test_nobody_expects_to_wait() -> None:
    at_once = ROUND.model_copy(update={"expected_wait": {"phone": 0.0}})
    assert verdict(one(handled("phone", 10, 10), at_once)) == "met"  # no wait to fall short of
    assert one(handled("phone", 10, 10), at_once).ease == 1.0
    late = one(handled("phone", 10, 10.5), at_once)
    assert late.ease == pytest.approx(1 - 0.1 - 0.2)
    assert verdict(late) == "missed"


@pytest.mark.parametrize("share", [0.05, 0.5, 0.85])
def test_a_distribution_of_expectations_is_missed_by_those_who_expect_less(share: float) -> None:
    law = qs.LogNormal(mean="2min", cv=1.0)
    model = ROUND.model_copy(update={"expected_wait": {"phone": law}})
    wait_s = float(law.quantile(share))
    customer = one(handled("phone", 0, wait_s), model)
    assert customer.missed == pytest.approx(share)
    assert customer.exceeded + customer.met + customer.missed == pytest.approx(1.0)
    # the mean of the scores that customers with each of the 20 expectations would have
    waits = [float(law.quantile((k + 0.5) / 20)) for k in range(20)]
    each = [
        one(handled("phone", 0, wait_s), ROUND.model_copy(update={"expected_wait": {"phone": w}}))
        for w in waits
    ]
    for name in ("score", "csat", "promoter", "ces"):
        assert customer[name] == pytest.approx(np.mean([c[name] for c in each]))


# What rises with the wait

TIMES = st.floats(0, 1e5, allow_nan=False).map(lambda s: round(s * 1024) / 1024)
SHARES = st.floats(0, 1)
LAWS = st.one_of(TIMES, st.floats(1, 1e4).map(lambda m: qs.Exponential(mean=m)))
MODELS = st.builds(
    lambda law, **terms: qs.Experience(expected_wait={"phone": law}, **terms),
    law=LAWS,
    exceeds=SHARES,
    **dict.fromkeys((*WEIGHTS, "trust", "friendliness"), SHARES),
)
PHONE = scenario()


def of_waits(waits: list[float], announced: list[float], **more: Any) -> Paths:
    """One customer who waits so long in each attempt."""
    n, none = len(waits), np.zeros(1, dtype=bool)
    cause = np.array([Cause.FIRST, *[Cause.REDIAL] * (n - 1)])
    first = np.zeros(1, dtype=np.int32)
    paths = Paths(
        begins=np.zeros(1, dtype=np.int64), contact_type=np.zeros(n, dtype=np.int8), cause=cause,
        wait_s=np.array(waits), announced_s=np.array(announced), customer=first, day=first,
        first_type=first, group=first, left=none, by_bot=none, broken_promise=none,
        resolved=~none, open=none,
    )  # fmt: skip
    return replace(paths, **more)


@given(
    model=MODELS,
    path=st.lists(
        st.tuples(TIMES, st.one_of(TIMES, st.just(float("nan")))), min_size=1, max_size=4
    ),
    longer=TIMES,
    which=st.integers(0, 3),
)
def test_a_longer_wait_is_never_better(
    model: qs.Experience, path: list[tuple[float, float]], longer: float, which: int
) -> None:
    waits, announced = map(list, zip(*path, strict=True))
    before = judge(model, PHONE, of_waits(waits, announced))
    waits[which % len(waits)] += longer
    after = judge(model, PHONE, of_waits(waits, announced))
    slack = 1e-12
    for name in ("score", "ease", "csat", "promoter", "ces", "exceeded"):
        assert getattr(after, name)[0] <= getattr(before, name)[0] + slack, name
    for name in ("detractor", "missed"):
        assert getattr(after, name)[0] >= getattr(before, name)[0] - slack, name
    for each in (before, after):
        assert 0 <= each.score[0] <= each.ease[0] + model.bot + slack
        assert 1 <= each.ces[0] <= 7
        assert (each.exceeded + each.met + each.missed)[0] == pytest.approx(1.0)


@given(model=MODELS, wait=TIMES, bad=st.sampled_from(["left", "broken_promise", "resolved"]))
def test_what_goes_wrong_is_never_better(model: qs.Experience, wait: float, bad: str) -> None:
    good = judge(model, PHONE, of_waits([wait], [float("nan")]))
    changed = np.array([bad != "resolved"])
    spoilt = judge(model, PHONE, of_waits([wait], [float("nan")], **{bad: changed}))
    assert spoilt.score[0] <= good.score[0]
    assert spoilt.missed[0] == 1
    again = judge(model, PHONE, of_waits([wait, 0.0], [float("nan")] * 2))
    assert again.score[0] <= good.score[0]
    assert again.exceeded[0] == 0


def test_each_further_attempt_by_its_cause() -> None:
    none = [float("nan")] * 2
    for cause, field in BY_CAUSE.items():
        path = of_waits([0.0, 0.0], none, cause=np.array([Cause.FIRST, cause]))
        judgement = judge(ROUND, PHONE, path)
        assert judgement.score[0] == pytest.approx(1 - 0.1 - getattr(ROUND, field)), field
        # the next turn of a thread is what it is for; anything else was not needed
        assert judgement.exceeded[0] == (cause == Cause.TURN), field
        assert judgement.missed[0] == 0


# Played


def test_customers_are_those_that_the_results_count() -> None:
    stated = everything()
    played = simulate_reference(stated, draw_tape(stated, seed=1))
    counted = dict(zip(CONTACT_QUANTITIES, tally(played).contacts.sum(axis=2), strict=True))
    customers = result_of(played).experience().customers
    by_type = customers.groupby("contact_type", observed=False)
    assert by_type.size().tolist() == counted["customers"].tolist()
    assert by_type["contacts"].sum().tolist() == counted["contacts_of_customers"].tolist()
    assert by_type["resolved"].sum().tolist() == counted["customers_resolved"].tolist()
    assert customers["customer"].tolist() == list(range(len(customers)))


def test_rows_of_the_contact_table_in_any_order_make_the_same_paths() -> None:
    table = result_of(story()).contacts
    mixed = paths_of(table.sample(frac=1.0, random_state=1))
    straight = paths_of(table)
    for name in ("begins", "cause", "wait_s", "customer", "group", "left", "resolved", "by_bot"):
        assert np.array_equal(getattr(mixed, name), getattr(straight, name)), name


def test_who_came_to_a_person_after_the_bot_was_not_served_by_the_bot_alone() -> None:
    table = result_of(story()).contacts
    assert paths_of(table).by_bot.sum() == 1
    table.loc[table["customer"] == 3, "customer"] = 0  # the bot and the first caller: one customer
    assert not paths_of(table).by_bot.any()


def test_nobody_came() -> None:
    said = result_of(outcome(scenario()), outcome(scenario(), replication=1)).experience()
    assert said.measure("customers").value == 0
    assert np.isnan(said.measure("csat").value)
    assert "assumptions" in str(said)


# In print, and wrong input


def test_the_page_says_what_it_is() -> None:
    said = two_replications().experience(ROUND)
    page = str(said)
    flat = " ".join(page.split())
    assert "These are assumptions turned into numbers, not measurements" in flat
    assert "share of the answers 4 and 5" in flat
    assert "friendliness was named by 63 %, speed by 28 %, technology by 3 %" in flat
    assert "late 0.2;" in flat
    assert "left 0.15;" in flat
    assert "friendliness_of* partner 0.6" in flat
    assert "expected_wait* phone 1min40s" in flat
    assert max(map(len, page.splitlines())) <= 110
    assert repr(said).startswith("<Satisfaction, by assumption, of <Result")
    assert said._repr_html_().startswith("<pre>")


def test_without_contact_tables_there_is_a_remedy() -> None:
    result = result_of(outcome(scenario(), [handled("phone", 1.0, 2.0)]), keep=False)
    with pytest.raises(ValueError, match=r"keep_contacts=True to simulate or compare"):
        result.experience()


def test_names_that_the_scenario_does_not_have() -> None:
    result = two_replications()
    model = qs.Experience(expected_wait_of={"fone": "2min"}, friendliness_of={"parner": 0.5})
    with pytest.raises(qs.ScenarioError) as error:
        result.experience(model)
    assert [problem.fix for problem in error.value.problems] == [
        'did you mean "phone"?',
        'did you mean "partner"?',
    ]
    said = result.experience()
    with pytest.raises(ValueError, match=r"no measure 'cast'.*did you mean \"csat\""):
        said.measure("cast")
    with pytest.raises(ValueError, match="no contact type 'fax'"):
        said.measure("csat", contact_type="fax")
    with pytest.raises(TypeError, match=r"takes a model, given dict"):
        result.experience({"late": 0.3})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "where", "fix"),
    [
        ({"late": 20}, "late", "write 0.2 for 20 %"),
        ({"expected_wait": {"fone": "2min"}}, "expected_wait.fone", 'did you mean "phone"?'),
        ({"expected_wait_of": {"vip": "-2min"}}, "expected_wait_of.vip", 'did you mean "2min"?'),
        ({"csat_cuts": (0.2, 0.4, 0.6)}, "csat_cuts", "leave it out for even ones"),
        ({"ces_cuts": (0.1, 0.2, 0.4, 0.3, 0.5, 0.6)}, "ces_cuts", "sort them"),
        ({"spread": 0.0}, "spread", ""),
        ({"friendly": 0.9}, "friendly", 'did you mean "unfriendly"?'),
    ],
)
def test_a_wrong_model_is_told_kindly(given: dict[str, Any], where: str, fix: str) -> None:
    with pytest.raises(qs.ScenarioError) as error:
        qs.Experience(**given)
    (problem,) = error.value.problems
    assert problem.where == where
    assert problem.fix == fix or not fix


def test_a_model_can_be_kept_as_text() -> None:
    assert qs.Experience.model_validate_json(ROUND.model_dump_json()) == ROUND
    assert json.dumps(qs.Experience.model_json_schema())
    assert repr(qs.Experience(late=0.3)) == "Experience(late=0.3)"
    assert qs.Experience(expected_wait={"chat": "30s"}).expected_wait["phone"].value == 120


def test_every_field_is_documented_as_an_assumption() -> None:
    told = qs.Experience.__doc__ or ""
    assert "Every default is an assumption" in told
    assert all(name in told for name in qs.Experience.model_fields)
    assert set(Judgement.__dataclass_fields__) <= set(schema.names(schema.CUSTOMER_COLUMNS))
    assert Satisfaction.__doc__
