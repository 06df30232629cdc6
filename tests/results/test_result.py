"""The result: names a planner uses, definitions, tables, and a page that can be read."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from queuesim.engines.reference import simulate_reference
from queuesim.results import MEASURES, Result, ServiceLevel, Totals, schema, tally
from queuesim.results.beside_theory import beside_theory
from queuesim.sampling import draw_tape
from tests.results.by_hand import HOUR, handled, is_of, outcome, result_of, scenario, tally_of


def simulated(stated: qs.Scenario, replications: int, *, keep_contacts: bool = False) -> Result:
    totals = Totals(stated)
    for replication in range(replications):
        tape = draw_tape(stated, seed=3, replication=replication)
        totals.add(tally(simulate_reference(stated, tape), keep_contacts=keep_contacts))
    return Result(totals, seed=3, engine="reference", notes=("a note",))


@pytest.fixture(scope="module")
def plain() -> Result:
    """One phone line, one group: what theory knows."""
    phone = qs.ContactType(
        name="support",
        channel="phone",
        demand=qs.Demand(per_day=300, day="office"),
        talk=qs.Exponential(mean="4min"),
        patience=qs.Exponential(mean="3min"),
    )
    team = qs.AgentGroup(
        name="home", skills=("support",), headcount=4, contract=qs.InHouse(per_hour=24)
    )
    stated = qs.Scenario(
        name="plain",
        contact_types=(phone,),
        agent_groups=(team,),
        horizon=qs.Horizon(start="2026-11-27", days=5, interval="30min"),
    )
    return simulated(stated, 12, keep_contacts=True)


@pytest.fixture(scope="module")
def mixed() -> Result:
    return simulated(scenario(), 3)


# Measures


def test_every_measure_has_a_value_and_a_definition(plain: Result, mixed: Result) -> None:
    known = {*schema.names(schema.CONTACT_QUANTITIES), *schema.names(schema.GROUP_QUANTITIES)}
    known |= {"replications", "cost"}
    for name, measure in MEASURES.items():
        assert measure.meaning
        assert measure.label
        assert measure.unit in ("share", "s", "h", "contacts", "contacts each", "currency")
        for sums in (measure.numerator, measure.denominator):
            assert set(sums.split()) - {"+", "-"} <= known
        estimate = mixed.measure(name)
        assert estimate.n == 3
        numerators, denominators = mixed.values(name)
        assert numerators.shape == denominators.shape == (3,)
        if denominators.sum() > 0:
            assert numerators.sum() / denominators.sum() == pytest.approx(
                estimate.value, nan_ok=True
            )
    assert str(plain.measure("occupancy")).endswith("(95 % confidence, 12 replications)")


def test_measures_are_ratios_of_sums_by_hand() -> None:
    stated = scenario()
    tallies = [
        tally_of(
            stated,
            {
                ("offered", "phone", 0): 10.0 * (r + 1),
                ("answered_within", "phone", 0): 8.0,
                ("answered_within", "request", 3): 1.0,
                ("offered", "request", 3): 2.0,
                ("offered", "chat", 3): 100.0,
                ("abandoned", "chat", 3): 10.0,
            },
            {("busy_s", "home", 0): 900.0, ("staffed_s", "home", 0): 3600.0 * (r + 1)},
            replication=r,
        )
        for r in range(2)
    ]
    result = result_of(*tallies, stated=stated)
    assert result.measure("service_level", contact_type="phone").value == 16 / 30
    assert result.measure("service_level").value == 18 / 34  # chat has no target
    assert np.isnan(result.measure("service_level", contact_type="chat").value)
    assert result.measure("abandonment").value == 20 / 234
    assert result.measure("offered").value == 117.0
    assert result.measure("occupancy", agent_group="home").value == 1800 / 10800
    assert result.measure("busy_hours").value == 0.25
    assert result.measure("paid_hours", agent_group="partner").value == 48


def test_the_five_definitions_by_hand() -> None:
    stated = scenario()
    counted = {
        "offered": 100.0,
        "answered": 90.0,
        "answered_within": 78.0,
        "abandoned_within": 6.0,
        "abandoned_quick": 4.0,
    }
    cells = {(quantity, "phone", 0): number for quantity, number in counted.items()}
    result = result_of(tally_of(stated, cells), stated=stated)
    expected = {
        ServiceLevel.ANSWERED_OF_OFFERED_LESS_SHORT: 78 / 94,
        ServiceLevel.ANSWERED_OF_OFFERED: 78 / 100,
        ServiceLevel.ANSWERED_OF_ANSWERED: 78 / 90,
        ServiceLevel.ANSWERED_OR_LEFT_OF_OFFERED: 84 / 100,
        ServiceLevel.QUICK_ABANDONS_EXCLUDED: 78 / 96,
    }
    for definition, value in expected.items():
        assert result.measure("service_level", definition=definition).value == value
        assert result.measure("service_level", definition=definition.value).value == value
        other = result.defined_by(definition)
        assert other.measure("service_level").value == value
        assert other.intervals.service_level[0] == value
        assert definition.formula in str(other.summary())
    assert result.measure("service_level").value == 78 / 94  # the default


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"name": "servicelevel"}, r"no measure 'servicelevel'\. Did you mean 'service_level'\?"),
        ({"name": "nonsense"}, r"no measure 'nonsense'\. Known: service_level, abandonment"),
        ({"name": "asa", "contact_type": "fone"}, r"Did you mean 'phone'\? Known: phone, request"),
        ({"name": "cost", "agent_group": "Home"}, r"Did you mean 'home'\?"),
        ({"name": "asa", "agent_group": "home"}, "measured by contact type, not by agent group"),
        ({"name": "wait_p90", "agent_group": "home"}, "measured by contact type"),
        ({"name": "cost", "contact_type": "phone"}, "measured by agent group, not by contact type"),
        ({"name": "service_level", "definition": "answered"}, "no definition of service level"),
        ({"name": "wait_p100"}, "no measure 'wait_p100'"),
    ],
)
def test_unknown_names_are_answered_kindly(
    mixed: Result, asked: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        mixed.measure(**asked)
    with pytest.raises(ValueError, match=message):
        mixed.values(**asked)


def test_percentiles_are_those_of_the_contacts(plain: Result) -> None:
    contacts = plain.contacts
    answered = contacts[contacts.answered_s.notna()]
    for share in (50, 90, 99):
        exact = np.quantile(answered.wait_s, share / 100)
        assert plain.measure(f"wait_p{share}").value == pytest.approx(exact, rel=0.02)
        of_all = np.quantile(contacts.wait_s, share / 100)
        assert plain.measure(f"wait_all_p{share}").value == pytest.approx(of_all, rel=0.02)


def test_measures_are_those_of_the_contacts(plain: Result) -> None:
    contacts = plain.contacts
    lost = contacts.outcome == "abandoned"
    answered = contacts[contacts.answered_s.notna()]
    assert plain.measure("abandonment").value == lost.mean()
    assert plain.measure("asa").value == answered.wait_s.mean()
    assert plain.measure("aht").value == answered.handle_s.mean()
    level = (answered.wait_s <= 20).sum() / (len(contacts) - (lost & (contacts.wait_s <= 20)).sum())
    assert plain.measure("service_level").value == level


# Tables


def test_tables_have_the_columns_of_the_schema(mixed: Result) -> None:
    for table, columns in (
        (mixed.intervals, schema.INTERVAL_COLUMNS),
        (mixed.groups, schema.GROUP_COLUMNS),
        (mixed.days, schema.DAY_COLUMNS),
        (mixed.weeks, schema.WEEK_COLUMNS),
        (mixed.cost_table(), schema.COST_COLUMNS),
    ):
        wanted = schema.names(columns)
        assert tuple(table.columns[: len(wanted)]) == wanted
        assert all(name.endswith("_se") for name in table.columns[len(wanted) :])
        for column in columns:
            assert is_of(table[column.name], column.dtype), column.name


def test_standard_errors_are_those_of_the_runs(plain: Result) -> None:
    """The streaming sums against the contact table, replication by replication."""
    contacts = plain.contacts
    interval = 28
    mine = contacts[contacts.interval == interval]
    grouped = mine.groupby("replication")
    offered = grouped.size().reindex(range(12), fill_value=0).to_numpy(dtype=float)
    row = plain.intervals.iloc[interval]
    assert row.offered == offered.mean()
    assert row.offered_se == pytest.approx(offered.std(ddof=1) / np.sqrt(12))

    def per_run(which: pd.Series) -> np.ndarray:
        return which.groupby(mine.replication).sum().reindex(range(12), fill_value=0).to_numpy()

    quick = mine.wait_s <= 20
    y = per_run(mine.answered_s.notna() & quick).astype(float)
    x = offered - per_run((mine.outcome == "abandoned") & quick)
    value = y.sum() / x.sum()
    error = np.sqrt(((y - value * x) ** 2).sum() / (12 * 11)) / x.mean()
    assert row.service_level == pytest.approx(value)
    assert row.service_level_se == pytest.approx(error)


def test_days_and_weeks(plain: Result) -> None:
    days, weeks = plain.days, plain.weeks
    assert days.date.dt.strftime("%a").tolist() == ["Fri", "Sat", "Sun", "Mon", "Tue"]
    assert weeks.week.tolist() == ["2026-W48", "2026-W49"]
    assert weeks.days.tolist() == [3, 2]
    assert weeks.offered[0] == pytest.approx(days.offered[:3].sum())
    assert weeks.asa[1] == pytest.approx(days.wait_answered_s[3:].sum() / days.answered[3:].sum())
    met = plain.share_of_days_meeting_target()
    assert met.value == pytest.approx(days.meets_target.mean())
    assert met.low <= met.value <= met.high
    weekly = plain.share_of_weeks_meeting_target(contact_type="support")
    assert weekly.value == pytest.approx(weeks.meets_target.mean())
    assert plain.share_of_days_meeting_target(share=0.0).value == 1.0
    assert plain.share_of_days_meeting_target(share=1.0).value < 0.5


def test_all_types_must_meet_their_own_target() -> None:
    stated = scenario()  # targets of 50 %
    cells = {
        ("offered", "phone", 0): 100.0,
        ("answered_within", "phone", 0): 50.0,
        ("offered", "request", 0): 10.0,
        ("answered_within", "request", 0): 4.0,
        ("offered", "phone", 4): 10.0,
        ("answered_within", "phone", 4): 9.0,
    }
    result = result_of(tally_of(stated, cells), stated=stated)
    assert result.share_of_days_meeting_target(contact_type="phone").value == 1.0
    assert result.share_of_days_meeting_target(contact_type="request").value == 0.0
    assert result.share_of_days_meeting_target().value == 0.5
    assert np.isnan(result.share_of_days_meeting_target(contact_type="chat").value)


@pytest.mark.parametrize("share", [0.55, 0.7, 0.8, 0.9, 0.29])
def test_a_target_met_to_the_contact_is_met(share: float) -> None:
    stated = scenario()
    cells = {
        ("offered", "phone", 0): 100.0,
        ("answered_within", "phone", 0): round(100 * share),
    }
    result = result_of(tally_of(stated, cells), stated=stated)
    assert result.share_of_days_meeting_target(contact_type="phone", share=share).value == 1.0
    above = result.share_of_days_meeting_target(contact_type="phone", share=share + 0.001)
    assert above.value == 0.0


def test_the_worst_come_first_and_next_to_nothing_is_left_out() -> None:
    stated = scenario()
    cells = {}
    for interval, (offered, within) in enumerate([(10, 9), (0.5, 0), (10, 2), (20, 4), (8, 8)]):
        cells["offered", "phone", interval] = float(offered)
        cells["answered_within", "phone", interval] = float(within)
    result = result_of(tally_of(stated, cells), stated=stated)
    assert result.worst_intervals(3).interval.tolist() == [3, 2, 0]
    assert result.worst_weeks(1).week.tolist() == ["2026-W48"]
    whole = stated.horizon.days >= 7
    assert (result.worst_weeks(1).days.iloc[0] == 7) == whole  # a part of a week is told as that


def test_contacts_are_kept_on_request(plain: Result, mixed: Result) -> None:
    assert plain.contacts.replication.nunique() == 12
    assert tuple(plain.contacts.columns) == ("replication", *schema.names(schema.CONTACT_COLUMNS))
    assert len(plain.contacts) == plain.measure("offered").value * 12
    with pytest.raises(ValueError, match="keep_contacts=True"):
        _ = mixed.contacts


def test_a_result_remembers_where_it_comes_from(plain: Result) -> None:
    assert repr(plain) == "<Result of 'plain': 12 replications, seed 3, reference engine>"
    assert (plain.seed, plain.engine, plain.version) == (3, "reference", qs.__version__)
    again = pickle.loads(pickle.dumps(plain))
    assert again.measure("asa") == plain.measure("asa")
    assert again.scenario == plain.scenario
    with pytest.raises(ValueError, match="at least one replication"):
        Result(Totals(plain.scenario), seed=1, engine="reference")


# The page


def test_the_page_says_what_a_planner_needs(plain: Result) -> None:
    text = str(plain.summary())
    for words in (
        "plain: Fri 2026-11-27 to Tue 2026-12-01, 5 days, UTC",
        "12 replications, seed 3, reference engine",
        "answered within T ÷ (offered - abandoned within T)",
        "80 % in 20s",
        "home: wages",
        "per handled contact",
        "Erlang A",
        "a note",
    ):
        assert words in text
    assert plain.measure("service_level").text in text
    assert plain.measure("cost").text in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_the_page_of_one_replication_says_that_there_is_no_interval() -> None:
    rows = [handled("phone", 100.0, 130.0), {"type": "request", "arrival_s": 47 * HOUR}]
    result = result_of(tally(outcome(scenario(), rows)), stated=scenario())
    text = str(result.summary())
    assert "±" not in text
    assert "no interval" in text
    assert "no target, so no service level: chat" in text
    assert "1 contacts per replication were still waiting" in text
    assert "no formula applies, because 2 groups serve it" in text


def test_the_numbers_of_the_page_as_a_table(mixed: Result) -> None:
    table = mixed.summary(confidence=0.9).frame
    assert set(table.of) == {"all", "phone", "request", "chat", "home", "partner"}
    assert set(table.measure) == set(MEASURES)
    row = table[(table.of == "phone") & (table.measure == "asa")].iloc[0]
    estimate = mixed.measure("asa", contact_type="phone", confidence=0.9)
    assert (row.value, row.low, row.high) == (estimate.value, estimate.low, estimate.high)


# Beside theory


def test_erlang_a_agrees_with_what_was_simulated(plain: Result) -> None:
    """Agreed by two methods: 12 runs of 5 days, intervals of 99.9 %.

    Fails for a fresh seed with 1 in 300 or so; notices an error of 2 points of service level.
    """
    said = beside_theory(plain.totals, "support")
    assert said.model == "Erlang A"
    assert said.caveats == ()
    # half-hours are not the long run: allow for it, beside chance
    for name, allowance in (("service_level", 0.01), ("abandonment", 0.005), ("asa", 1.0)):
        estimate = plain.measure(name, confidence=0.999)
        assert abs(said.values[name] - estimate.value) < estimate.half_width + allowance
        assert estimate.half_width < 4 * allowance


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("contact_types.support.channel", "chat", "the channel is chat"),
        ("contact_types.support.callback", qs.CallbackOffer(accept=0.1), "callbacks are offered"),
        (
            "agent_groups.home.skills",
            (qs.Skill("support", min_wait=10),),
            "home takes it only after a wait or with a reserve",
        ),
        ("agent_groups.home.headcount", 0, "intervals with contacts have less than one agent"),
        ("contact_types.support.hours", "08:00-12:00", "turned away outside the hours"),
    ],
)
def test_theory_says_why_it_does_not_apply(
    plain: Result, path: str, value: object, reason: str
) -> None:
    stated = plain.scenario.change("horizon.days", 1).change(path, value)
    said = beside_theory(simulated(stated, 1).totals, "support")
    assert reason in said.why_not
    assert said.values == {}


def test_no_erlang_c_for_more_work_than_agents(plain: Result) -> None:
    patient = plain.scenario.change("contact_types.support.patience", None)
    said = beside_theory(
        simulated(patient.change("agent_groups.home.headcount", 2), 1).totals, "support"
    )
    assert "intervals have more work than agents, and nobody gives up" in said.why_not


def test_a_queue_limit_and_no_patience(plain: Result) -> None:
    limited = plain.scenario.change("contact_types.support.queue_limit", 2)
    said = beside_theory(simulated(limited, 1).totals, "support")
    assert said.model == "Erlang A"
    assert said.values["blocking"] > 0.01
    nobody_leaves = limited.change("contact_types.support.patience", None)
    said = beside_theory(simulated(nobody_leaves, 1).totals, "support")
    assert said.model == "M/M/c/K"
    enough = plain.scenario.change("contact_types.support.patience", None)
    said = beside_theory(
        simulated(enough.change("agent_groups.home.headcount", 12), 1).totals, "support"
    )
    assert said.model == "Erlang C"
    assert said.values["abandonment"] == 0.0
