"""Scenarios of every kind, for properties that must hold for all of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

import queuesim as qs

seconds = st.integers(1, 7200) | st.floats(0.001, 7200) | st.sampled_from(["90s", "5min", "1h30"])
shares = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
amounts = st.integers(0, 10**6) | st.floats(0, 1e6)
factors = st.floats(0.01, 10)
cvs = st.floats(0.05, 20)
above_one = st.floats(1.01, 20)

distributions: st.SearchStrategy[Any] = st.one_of(
    st.builds(qs.Exponential, mean=seconds),
    st.builds(qs.LogNormal, mean=seconds, cv=cvs),
    st.builds(qs.Gamma, mean=seconds, cv=cvs),
    st.builds(qs.Weibull, mean=seconds, cv=cvs),
    st.builds(qs.Deterministic, value=seconds),
    st.builds(qs.Hyperexponential, mean=seconds, cv=above_one),
    st.builds(qs.Empirical, values=st.lists(seconds, min_size=1, max_size=4)),
)
delays = st.sampled_from([0, "1h", 90]) | distributions

hours: st.SearchStrategy[Any] = st.sampled_from(
    [
        "08:00-18:00",
        "22:00-06:00",
        "00:00-24:00",
        ["08:00-12:00", "13:00-17:00"],
        {"mon-fri": "07:30-21:00", "sat": "closed", "holiday": "10:00-14:00"},
        {"mon,wed": ["08:00-12:00", "13:00-17:00"], "fri-sun": "20:00-02:00"},
    ]
)
shapes: st.SearchStrategy[Any] = st.sampled_from(["flat", "office", "retail"]) | st.lists(
    factors, min_size=24, max_size=24
)
rules: st.SearchStrategy[Any] = st.sampled_from(["sunday", "none", 0, 0.3])


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def events(day: str) -> st.SearchStrategy[qs.Event]:
    return st.builds(
        qs.Event,
        name=st.sampled_from(["outage", "campaign 1"]),
        start=st.sampled_from([f"{day} 08:00", f"{day} 12:34:56"]),
        lasts=seconds,
        factor=amounts,
        fades=st.just(0) | seconds,
    )


@st.composite
def demands(draw: st.DrawFn, horizon: qs.Horizon) -> qs.Demand:
    fields = {
        "growth": draw(st.sampled_from([0.0, 0.05, -0.1])),
        "events": draw(
            st.lists(events(str(horizon.start)), max_size=2, unique_by=lambda each: each.name)
        ),
        "busyness": draw(st.sampled_from([0.0, 0.1])),
        "shared": draw(shares),
        "scale": draw(factors),
    }
    if draw(st.booleans()):
        counts = draw(st.lists(amounts, min_size=7, max_size=7))
        series = qs.Series(start="2026-10-20", interval="24h", counts=counts, mode="weekdays")
        return qs.Demand(**fields, series=series, holiday=draw(rules))
    fields["day"] = draw(
        shapes | st.fixed_dictionaries({"mon-fri": shapes, "sat,sun": shapes, "holiday": shapes})
    )
    fields["week"] = draw(st.lists(factors, min_size=7, max_size=7))
    fields["year"] = draw(optional(st.lists(factors, min_size=12, max_size=12)))
    holiday = rules
    if horizon.holidays:
        holiday |= st.fixed_dictionaries({"Christmas Day": rules, "Epiphany": rules})
    return qs.Demand(**fields, per_day=draw(amounts), holiday=draw(holiday))


diallings = st.builds(
    qs.Dialling,
    ring=seconds,
    answered=shares,
    attempts=st.integers(1, 20),
    retry_after=seconds,
)
returns = st.builds(qs.Return, share=shares, delay=delays, max_attempts=st.integers(1, 5))
offers = st.builds(
    qs.CallbackOffer, accept=shares, after=seconds, min_queue=st.integers(0, 9), promise=seconds
) | st.builds(
    qs.CallbackOffer,
    accept=shares,
    kind=st.just("later"),
    delay=delays,
    dialling=diallings,
    weight=factors,
    credit=st.sampled_from([0, -60, "2min"]),
    rings_in=st.none() | returns,
)
offers_when_told = st.builds(
    qs.CallbackOffer,
    accept=shares,
    min_announced=optional(seconds),
    accept_from=optional(delays),
    max_open=optional(st.integers(1, 99)),
    kind=st.just("slot"),
    slot=st.sampled_from([60, "30min", "1h"]),
    per_slot=st.integers(1, 9),
)
announcements = st.builds(
    qs.Announcement,
    predictor=st.sampled_from(["queue_length", "last_to_enter_service", "head_of_line"]),
    balk=optional(delays),
    patience_factor=factors,
    stays_for=amounts,
    tolerance=seconds,
)


@st.composite
def contact_types(
    draw: st.DrawFn, name: str, horizon: qs.Horizon, allotted: dict[str, float]
) -> qs.ContactType:
    channel = draw(st.sampled_from([each for each in qs.Channel if each != "self_service"]))
    talk = distributions.filter(lambda law: law.mean_s > 0)
    told = draw(optional(announcements)) if channel in ("phone", "chat") else None
    fields = {
        "announcement": told,
        "wrap_up": draw(optional(distributions)),
        "patience": None if channel == "callback" else draw(optional(distributions)),
        "target": draw(
            optional(
                st.builds(
                    qs.ServiceTarget,
                    share=shares,
                    within=seconds,
                    clock=st.sampled_from(["all_hours", "opening_hours"]),
                )
            )
        ),
        "hours": draw(optional(hours)),
        "outside_hours": draw(st.sampled_from(["turn_away", "queue"])),
        "at_closing": "carry_over"
        if channel == "message"
        else draw(st.sampled_from(["serve_out", "release"])),
        "weight": draw(factors),
        "credit": draw(st.sampled_from([0.0, 120, "-30s"])),
        "queue_limit": draw(optional(st.integers(2, 50))),
        "allocation": allotted,
        "allocation_overflow": draw(optional(seconds)) if allotted else None,
        "callback": draw(optional(offers_when_told if told else offers))
        if channel == "phone"
        else None,
        "dialling": draw(optional(diallings)) if channel == "callback" else None,
        "redial": draw(optional(returns)),
        "repeat": draw(optional(returns)),
    }
    demand = draw(demands(horizon))
    return qs.ContactType(name=name, channel=channel, demand=demand, talk=draw(talk), **fields)


in_house = st.builds(
    qs.InHouse,
    per_hour=amounts,
    on_costs=st.floats(0, 3),
    premiums=st.lists(st.builds(qs.Premium, hours=hours, share=amounts), max_size=2),
    overtime=st.floats(1, 3),
    on_payroll=optional(st.integers(0, 99)),
    hiring_lead_weeks=st.just(0),
    attrition=shares,
)
outsourced = st.builds(
    qs.Outsourced,
    per_hour=st.floats(1, 99),
    per_minute=amounts,
    monthly_minimum=amounts,
    band=optional(st.builds(qs.VolumeBand, low=st.just(10), high=st.floats(10, 1e6))),
    tiers=st.just(()) | st.just((qs.Tier(above=5, factor=1), qs.Tier(above=9.5, factor=0.8))),
    bonus_malus=optional(st.builds(qs.BonusMalus, target=shares, malus=shares)),
    lead_weeks=st.just(0),
)

starters = st.builds(
    qs.Starters,
    count=st.just(1),
    on=st.sampled_from(["2026-03-20", "2026-11-25", "2026-12-28"]),
    ramp_up=st.lists(st.floats(0.1, 10), min_size=1, max_size=4),
    shift=optional(st.sampled_from(["early", "night"])),
    before=st.sampled_from(["others", "nobody"]),
)
SHIFTS = (
    qs.Shift(
        name="early", headcount=3, breaks=("12:00-12:30",), paid_breaks=True, waves=2, stagger=900
    ),
    qs.Shift(name="early", days="holiday", headcount=1, start="10:00", end="14:00"),
    qs.Shift(name="night", days="sat,sun", start="22:00", end="06:00", headcount=2),
)


@st.composite
def agent_groups(
    draw: st.DrawFn, name: str, types: list[str], horizon: qs.Horizon
) -> qs.AgentGroup:
    skills = [
        draw(
            st.just(each)
            | st.builds(
                qs.Skill,
                st.just(each),
                rank=st.integers(1, 9),
                handle_factor=factors,
                resolution=shares,
                min_wait=seconds,
                min_queue=st.integers(1, 3),
                hours=optional(hours),
            )
        )
        for each in types
    ]
    fields: dict[str, Any] = {
        "shrinkage": draw(st.floats(0, 0.99)),
        "absence": draw(st.floats(0, 0.5)),
        "speed_spread": draw(shares),
    }
    people = st.integers(0, 60)
    sizes = {
        "day": horizon.intervals_per_day,
        "week": 7 * horizon.intervals_per_day,
        "horizon": horizon.n_intervals,
        "weeks": horizon.n_weeks,
    }
    form = draw(st.sampled_from([None, "shifts", *sizes]))
    if form is None:
        fields["headcount"] = draw(people)
        fields["hours"] = draw(optional(hours))
    elif form == "shifts":
        fields["shifts"] = SHIFTS
        fields["starters"] = draw(st.lists(starters, max_size=2))
    else:
        pattern = draw(st.lists(people, min_size=1, max_size=3))
        fields["headcount"] = {form: [pattern[k % len(pattern)] for k in range(sizes[form])]}
    if draw(st.booleans()):
        fields["concurrency"] = {"chat": 3, "message": 2}
        fields["pace"] = {"chat": (1, 1.7, 2.5), "message": (1, 1.25)}
    elif draw(st.booleans()):
        uses = {"chat": 2, "message": draw(st.sampled_from([1, 2]))}
        pace = (1, 1.7, 2.5, 2.5)[: 4 // min(uses.values())]
        fields["blend"] = qs.Blend(slots=4, uses=uses, pace=pace)
    fields["interruptible"] = draw(st.sampled_from([(), ("message",)]))
    contract = draw(in_house | outsourced)
    return qs.AgentGroup(name=name, skills=skills, contract=contract, **fields)


@st.composite
def scenarios(draw: st.DrawFn) -> qs.Scenario:
    horizon = draw(
        st.builds(
            qs.Horizon,
            start=st.sampled_from(["2026-03-27", "2026-10-24", "2026-12-24", "2026-11-23"]),
            days=st.integers(2, 9),
            interval=st.sampled_from(["1h", 1800, "15min"]),
            timezone=st.sampled_from(["UTC", "Europe/Helsinki", "America/New_York"]),
            holidays=st.sampled_from([(), "FI", ("FI", "2026-11-24")]),
        )
    )
    types = [f"type {n}" for n in range(draw(st.integers(1, 3)))]
    groups = [
        draw(agent_groups(f"group-{n}", types, horizon)) for n in range(draw(st.integers(1, 2)))
    ]
    allotted = draw(
        st.sampled_from([{}, {"group-0": 1.0}])
        if len(groups) == 1
        else st.sampled_from([{}, {"group-0": 0.7, "group-1": 0.3}, {"group-1": 1, "group-0": 0}])
    )
    return qs.Scenario(
        name=draw(st.sampled_from(["a", "Week 48_b"])),
        contact_types=[draw(contact_types(each, horizon, allotted)) for each in types],
        score=draw(st.sampled_from(["wait", "queue"])),
        agent_groups=groups,
        horizon=horizon,
        currency=draw(st.sampled_from(["EUR", "USD"])),
        short_abandon=draw(seconds),
    )
