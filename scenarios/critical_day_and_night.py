"""Who answers urgent calls at three in the morning: a night shift of our own, or a partner's?

A utility must answer reports of gas leaks and blackouts at any hour: 95 % within 30 seconds, by day
and by night, on Christmas Eve as on a Tuesday. By day its own service team does it beside ordinary
calls. For nights, weekends and holidays it can keep a small shift of its own awake, buy the nights
from a partner with a base fee and a price a minute, or let the partner stand behind one person.
Which keeps the promise at every hour, how many nights break it, and at what price?

    python scenarios/critical_day_and_night.py [--replications 20] [--days 365] [--short]

Everything is assumed, and stated in plain words below. Storms come on two dates that nobody knew;
how bad a night is for no reason anyone planned is drawn anew for each day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import queuesim as qs
from queuesim.reporting import letter
from queuesim.results import contact_means, mean_of, paired_difference, proportion

TARGET = qs.ServiceTarget(share=0.95, within="30s")

# ------------------------------------------------------------------ what comes in

BY_HOUR = (2, 1.5, 1.5, 1.5, 1.5, 2.5, 5, 7, 7, 6, 5, 5, 5, 5, 5, 5.5, 6, 7, 7.5, 7, 6, 5, 3.5, 2.5)

URGENT = qs.ContactType(
    name="urgent",
    channel="phone",
    demand=qs.Demand(
        per_day=110,
        day=BY_HOUR,
        holiday=1.3,  # ovens, candles and full houses
        busyness=0.35,
        events=(
            qs.Event(
                name="autumn storm", start="2027-10-21 21:00", lasts="9h", factor=5, fades="3h"
            ),
            qs.Event(name="ice", start="2027-01-16 02:00", lasts="6h", factor=4, fades="3h"),
        ),
    ),
    hours="00:00-24:00",
    talk=qs.LogNormal(mean="3min30s", cv=0.7),
    wrap_up=qs.Exponential(mean="90s"),  # the engineer on call is sent out
    patience=qs.Weibull(mean="4min", cv=0.8),
    target=TARGET,
    redial=qs.Return(share=0.9, delay=qs.Exponential(mean="2min"), max_attempts=3),
    credit="1h",  # goes before every ordinary call
)
ORDINARY = qs.ContactType(
    name="ordinary", channel="phone",
    demand=qs.Demand(per_day=420, day="office", week=(1.2, 1.1, 1, 1, 0.9, 0, 0), busyness=0.1),
    hours={"mon-fri": "08:00-18:00", "holiday": "closed"}, talk=qs.LogNormal(mean="4min", cv=0.9),
    wrap_up=qs.Exponential(mean="45s"), patience=qs.Exponential(mean="4min"),
    target=qs.ServiceTarget(share=0.80, within="60s"),
)  # fmt: skip

# ------------------------------------------------------------------ who answers

NIGHTS, WEEKENDS = qs.Premium(hours="22:00-06:00", share=0.25), {"sat,sun,holiday": "06:00-22:00"}
PAY = qs.InHouse(
    per_hour=23.0,
    on_costs=0.23,
    premiums=(NIGHTS, qs.Premium(hours=WEEKENDS, share=0.5)),
)
NIGHT_PRICES = qs.Outsourced(per_minute=1.45, monthly_fee=14_500)  # its people serve others too
DARK = {"mon-fri": ("00:00-06:00", "22:00-24:00"), "sat,sun,holiday": "00:00-24:00"}


def service() -> qs.AgentGroup:
    """The service team, on weekdays; two of them stay for urgent calls when all are busy."""
    return qs.AgentGroup(
        name="service", skills=("urgent", qs.Skill("ordinary", reserve=2)),
        shifts=(
            qs.Shift(name="early", start="06:00", end="14:00", headcount=6),
            qs.Shift(name="late", start="14:00", end="22:00", headcount=6),
            qs.Shift(name="office", start="08:00", end="18:00", headcount=5),
            *(
                qs.Shift(name=name, days="holiday", headcount=0)
                for name in ("early", "late", "office")
            ),
        ),
        absence=0.04, contract=PAY,
    )  # fmt: skip


def own_nights(awake: int) -> qs.AgentGroup:
    """Our own people at night, and by day on weekends and holidays; the absent are replaced."""
    day = {"days": "sat,sun,holiday", "headcount": awake}
    return qs.AgentGroup(
        name="own nights", skills=("urgent",),
        shifts=(
            qs.Shift(
                name="night", days="mon-sun,holiday", start="22:00", end="06:00", headcount=awake
            ),
            qs.Shift(name="weekend early", start="06:00", end="14:00", **day),
            qs.Shift(name="weekend late", start="14:00", end="22:00", **day),
        ),
        contract=PAY,
    )  # fmt: skip


def partner(*, behind: bool) -> qs.AgentGroup:
    """Up to five people of the partner's; behind our own they take what has waited ten seconds."""
    return qs.AgentGroup(
        name="partner",
        skills=(qs.Skill("urgent", rank=2, handle_factor=1.2, min_wait="10s" if behind else "0s"),),
        headcount=5, hours=DARK, contract=NIGHT_PRICES,
    )  # fmt: skip


def options(days: int) -> dict[str, qs.Scenario]:
    """Own shifts of three sizes, the partner, and the partner behind a shift of our own."""
    nights = {
        "own, 2 awake": (own_nights(2),),
        "own, 3 awake": (own_nights(3),),
        "own, 4 awake": (own_nights(4),),
        "partner": (partner(behind=False),),
        "1 own, partner behind": (own_nights(1), partner(behind=True)),
    }
    horizon = qs.Horizon(
        start="2027-01-01", days=days, interval="30min", timezone="Europe/Berlin", holidays="DE"
    )
    storms = tuple(storm for storm in URGENT.demand.events if storm.touches(horizon))
    urgent = URGENT.model_copy(
        update={"demand": URGENT.demand.model_copy(update={"events": storms})}
    )
    return {
        name: qs.Scenario(
            name="critical day and night",
            contact_types=(urgent, ORDINARY),
            agent_groups=(service(), *groups),
            horizon=horizon,
        )
        for name, groups in nights.items()
    }


# ------------------------------------------------------------------ hours and nights


def urgent_calls(result: qs.Result) -> pd.DataFrame:
    """Urgent calls that count: whether each was answered in time, at which hour, in which night."""
    calls = result.kept()
    calls = calls[calls["contact_type"] == "urgent"]
    at = calls["arrival"].dt
    free = result.scenario.horizon.is_holiday[calls["day"]] | (at.day_of_week >= 5)
    night = (calls["arrival"] - pd.Timedelta("6h")).dt.date
    return pd.DataFrame(
        {
            "replication": calls["replication"],
            "kind": np.where(free, "weekends and holidays", "working days"),
            "hour": at.hour,
            "night": night.where((at.hour >= 22) | (at.hour < 6)),
            "kept": calls["kept"],
        }
    )


Hour = tuple[str, int]  # of which kind of day, and from when


def nights_kept(calls: pd.DataFrame) -> qs.Estimate:
    """Share of nights, 22 to 6, that kept the promise: of under 20 calls none may be late."""
    by = calls.groupby(["replication", "night"])["kept"].mean().ge(TARGET.share)
    return proportion(by.groupby("replication").sum(), by.groupby("replication").count())


def worst_nights(calls: pd.DataFrame, n: int = 2) -> str:
    """The nights with the most late calls, on average."""
    late = calls.assign(late=~calls["kept"]).pivot_table("late", "night", "replication", "sum")
    worst = late.mean(axis=1).nlargest(n).index
    return "; ".join(
        f"{night:%d %b}, {mean_of(late.loc[night].fillna(0)).text} late of "
        f"{(calls['night'] == night).sum() / late.shape[1]:.0f}"
        for night in worst
    )


# ------------------------------------------------------------------ the letter


def main() -> None:
    """Play the year, print the promise by hour and night, and the decision."""
    asked = letter.terms(
        __file__, __doc__, replications=20, days=365, short={"replications": 3, "days": 21}
    )
    days, n = asked["days"], asked["replications"]

    choices = options(days)
    print(f"Playing {days} days, {n} times, {len(choices)} options …")
    found: dict[str, qs.Result] = {}  # options that keep the promise
    levels: dict[str, dict[Hour, qs.Estimate]] = {}
    for name, choice in choices.items():  # one at a time: the calls of a year take room
        result = qs.simulate(choice, replications=n, seed=112, keep_contacts=True)
        calls = urgent_calls(result)
        levels[name] = contact_means(
            calls, "kept", by=["kind", "hour"], replications=n, unit="share"
        )
        (kind, hour), worst = min(levels[name].items(), key=lambda item: item[1].value)
        every = result.measure("service_level", contact_type="urgent")
        if worst.low >= TARGET.share:
            found[name] = result
        print(f"\n{name}: {result.measure('cost').text} in {days} days, the service team included")
        print(f"  in 30 s, all hours     {every.text} of urgent calls")
        print(f"  in 30 s, worst hour    {worst.text}: {hour:02d}:00 to {hour + 1:02d}:00, {kind}")
        print(f"  nights that kept 95 %  {nights_kept(calls).text}")
        print(f"  worst nights           {worst_nights(calls)}")
    asked.save(by_hour=picture(levels, days, n))

    print(f"\nCAVEATS\n{CAVEATS}\n")
    if not found:
        print("Decision: none of these; with no option is the worst hour surely at 95 %.")
        return
    by_cost = sorted(found, key=lambda name: found[name].measure("cost").value)
    best = by_cost[0]
    for name in by_cost[1:]:
        costs = found[name].values("cost"), found[best].values("cost")
        print(f"{name!r} keeps it too, for {paired_difference(*costs, unit='EUR').text} more.")
    print(
        f"Decision: {best!r}; its worst hour of the day surely keeps 95 % within 30 s, at "
        f"{found[best].measure('cost').text} for {days} days, the service team included."
    )


def picture(levels: dict[str, dict[Hour, qs.Estimate]], days: int, n: int) -> Figure:
    """The promise by hour of the day, on both kinds of days."""
    figure, panels = plt.subplots(
        2, 1, figsize=(9, 8.4), sharex=True, sharey=True, layout="constrained"
    )
    for ax, kind in zip(panels, ("working days", "weekends and holidays"), strict=True):
        last = ax is panels[-1]
        qs.plots.lines(
            {
                name: {hour + 0.5: level for (of, hour), level in by.items() if of == kind}
                for name, by in levels.items()
            },
            title=kind.capitalize() if last else f"Urgent calls answered in 30 s, by hour: {kind}",
            below=f"{days} days from 1 January 2027 · {n} replications, the same calls for every option",
            x="local time at which the call comes [h]" if last else "",
            y="within 30 s",
            target=TARGET.share,
            target_text=f"promise\n{100 * TARGET.share:.0f} %",
            note="Answered within 30 s ÷ all but those who gave up within 30 s.",
            legend=last,
            ax=ax,
        ).set(xticks=range(0, 25, 3), xlim=(0, 24))
    return figure


CAVEATS = """\
- The promise by hour is over all days of the year with that hour, storms included; a single night
  has some 25 urgent calls, so one or two late ones break it. Nobody can buy every night.
- "Surely" is the 95 % interval of the worst of 48 hours, each for itself.
- The partner is taken to have five people free for us at any hour, a fifth slower, for whom we pay
  by the minute. When a storm hits all its clients at once they are not there: get it in writing.
- A shift of one or two is taken to be replaced when somebody is ill, at no extra cost."""


if __name__ == "__main__":
    main()
