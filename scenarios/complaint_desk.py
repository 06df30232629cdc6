"""Three weeks of complaints lie unanswered: how do we clear them, and keep the desk clear?

About 900 written complaints wait when the desk opens on 11 January; 60 more come on each working day.
The four people of the desk can just keep pace. Overtime, temporary people or a partner: how long
until it is clear, how surely, at what cost? And what keeps it clear afterwards?

    python scenarios/complaint_desk.py [--replications 40] [--short]

Assumed, all of it: 18 minutes of work on a complaint and 4 to file it; days scatter by 20 %. People
wait two weeks on average (exponential); then 60 % of them ring to ask where their answer is, and the
matter is dealt with on that call, in 25 minutes; the others give up on us. One answer in ten does not
settle the matter, and half of those people write again after three days. Nothing tells old from new:
the oldest is next. Clear is the first evening with less than a day's complaints (60) waiting.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

import queuesim as qs
from queuesim.reporting import letter
from queuesim.results import chance_of, mean_of, ratio

START, WEEKS = pd.Timestamp("2027-01-11"), 12
PER_DAY, BACKLOG = 60.0, 900.0
OPEN = {"mon-fri": "08:00-16:00"}
SOON, SURE = 6 * 7, 0.9  # days within which it should be clear, in so many of the plays
EXTRA = {"mon-fri": "16:00-18:00", "sat": "09:00-15:00"}  # overtime
LONG = {**EXTRA, "mon-fri": "08:00-18:00"}


def desk(name: str, own: int, *helpers: qs.AgentGroup, weeks: int, backlog: float) -> qs.Scenario:
    """The desk with its own people and those who help out; the backlog is a bulge on day one."""
    events: tuple[qs.Event, ...] = ()
    if backlog:  # written in the first half-hour of the first day, on top of the ordinary
        bulge = 1 + backlog / (PER_DAY / 16)  # contacts in half an hour of eight hours
        events = (qs.Event(name="backlog", start=START + pd.Timedelta("8h"), lasts="30min", factor=bulge),)  # fmt: skip
    hours = LONG if helpers and any(each.name == "overtime" for each in helpers) else OPEN
    complaint = qs.ContactType(
        name="complaint", channel="message",
        demand=qs.Demand(
            per_day=PER_DAY,
            day=(0.0,) * 16 + (1.0,) * 16 + (0.0,) * 16,
            week=(1, 1, 1, 1, 1, 0, 0),
            busyness=0.20,
            events=events,
        ),
        talk=qs.LogNormal(mean="18min", cv=0.8), wrap_up=qs.Exponential(mean="4min"),
        patience=qs.Exponential(mean="14d"), target=qs.ServiceTarget(share=0.9, within="5d"),
        hours=hours,
        redial=qs.Return(share=0.6, delay=qs.Exponential(mean="2h"), to="where is my answer"),
        repeat=qs.Return(share=0.5, delay=qs.Exponential(mean="3d"), max_attempts=2),
    )  # fmt: skip
    chaser = qs.ContactType(
        name="where is my answer",
        channel="phone",
        demand=qs.Demand(per_day=0.0),
        talk=qs.LogNormal(mean="25min", cv=0.6),
        hours=OPEN,
        outside_hours="queue",  # they ring again in the morning
        target=None,
        credit="30d",  # whoever is on the phone comes before what is written
    )
    team = qs.AgentGroup(
        name="desk", skills=(qs.Skill("complaint", resolution=0.9), "where is my answer"),
        headcount=own, hours=OPEN, shrinkage=0.20,
        contract=qs.InHouse(per_hour=25.0, on_costs=0.22),
    )  # fmt: skip
    return qs.Scenario(
        name=name, contact_types=(complaint, chaser), agent_groups=(team, *helpers),
        horizon=qs.Horizon(start=f"{START:%Y-%m-%d}", days=7 * weeks, timezone="Europe/Vienna"),
    )  # fmt: skip


def options() -> dict[str, qs.Scenario]:
    """Wait and see, overtime, temporary people, a partner."""

    def with_help(name: str, *people: int, factor: float, resolution: float, **terms: Any) -> None:
        skill = qs.Skill("complaint", handle_factor=factor, resolution=resolution)
        plan = {"weeks": (*people, *(0,) * WEEKS)[:WEEKS]}
        group = qs.AgentGroup(name=name, skills=(skill,), headcount=plan, **terms)
        found[name] = desk(name, 4, group, weeks=WEEKS, backlog=BACKLOG)

    found = {"as is": desk("as is", 4, weeks=WEEKS, backlog=BACKLOG)}
    with_help(
        "overtime", *(4,) * 6, factor=1.0, resolution=0.9, hours=EXTRA, shrinkage=0.05,
        contract=qs.InHouse(per_hour=25.0 * 1.5, on_costs=0.22),
    )  # fmt: skip
    with_help(
        "temporary", 0, *(3,) * 6, factor=1.3, resolution=0.85, hours=OPEN, shrinkage=0.10,
        contract=qs.InHouse(per_hour=23.0, on_costs=0.22),
    )  # fmt: skip
    with_help(
        "partner", 0, 0, *(5,) * 4, factor=1.1, resolution=0.85, hours=OPEN,
        contract=qs.Outsourced(per_contact=14.0, monthly_minimum=5_000, lead_weeks=2),
    )  # fmt: skip
    return found


def on(day: float) -> str:
    """The date of the day with this number, from 0."""
    return f"{START + pd.Timedelta(days=int(day)):%d %b}"


def clear_by(waits: NDArray[np.float64]) -> str:
    """Between which dates nine plays in ten have it clear for the first time."""
    first = np.where((waits < PER_DAY).any(axis=1), (waits < PER_DAY).argmax(axis=1), 7 * WEEKS)
    early, middle, late = np.quantile(first, (0.05, 0.5, 0.95), method="higher")
    end = f"{on(late)}" if late < 7 * WEEKS else "later than 12 weeks"
    half = on(middle) if middle < 7 * WEEKS else "later than 12 weeks"
    return f"{half} in half the plays ({on(early)} to {end} in nine of ten)"


def main() -> None:
    """Play the options, show the backlog, decide; then ask what keeps it clear."""
    asked = letter.terms(__file__, __doc__, replications=40, short={"replications": 5})
    n = asked["replications"]

    played = qs.compare(options(), replications=n, seed=21)
    fit: list[str] = []
    print(f"TO CLEAR IT, {WEEKS} weeks, {n} plays of each option")
    for name, result in played.results.items():
        waiting, _ = result.values_by("day", "backlog", contact_type="complaint")
        soon = chance_of((waiting[:, :SOON] < PER_DAY).any(axis=1))
        left = result.measure("abandoned", contact_type="complaint")
        fridays = (
            f"{on(day)} {mean_of(waiting[:, day], unit='contacts').text}"
            for day in (11, 18, 25, 39)
        )
        print(f"\n{name}: {result.measure('cost').text}, of all who worked on it")
        print(f"  clear for the first time    {clear_by(waiting)}")
        print(f"  clear by {on(SOON - 1)}             in {soon.text} of the plays")
        print(f"  complaints that wait on     {'; '.join(fridays)}")
        print(f"  no longer waited for us     {left.text} of some 4,500; six in ten of them rang")
        if soon.value >= SURE:
            fit.append(name)
    asked.save(waiting=picture(played, n))

    print("\nTO KEEP IT CLEAR, 26 weeks that begin without a backlog")
    teams = {f"{k} people": desk(f"{k} people", k, weeks=26, backlog=0.0) for k in (3, 4, 5)}
    calm = qs.compare(teams, replications=n, seed=22)
    keeps = {}
    for name, result in calm.results.items():
        most = result.values_by("day", "backlog", contact_type="complaint")[0].max(axis=1)
        kept = chance_of(most < 3 * PER_DAY)
        keeps[name] = kept.value >= SURE
        print(
            f"  {name}: always under {3 * PER_DAY:.0f} complaints in the evening (three days' work) in "
            f"{kept.text} of the plays;\n            {mean_of(most, unit='contacts').text} wait in "
            f"the worst evening; {result.measure('cost').text}"
        )
    stays = next((name for name, kept in keeps.items() if kept), "more than 5 people")

    print(f"\nCAVEATS\n{CAVEATS}\n")
    if not fit:
        print(f"Decision: none of these clears it within six weeks; keep {stays} afterwards.")
        return
    best, unless = played.best("cost", among=fit), ""
    for name in (each for each in fit if each != best):
        more = played.difference("cost", name, against=best)
        fewer = played.difference("abandoned", best, against=name, contact_type="complaint")
        print(f"{name!r} clears it too, for {more.text} more.", end="")
        if fewer.low > 0:
            money, customers = (
                played[name].values(what)[0] - played[best].values(what)[0]
                for what in ("cost", "abandoned")
            )
            each = ratio(money, -customers, unit="EUR").text
            print(f" {fewer.text} fewer tire of waiting: {each} for each.", end="")
            unless = unless or f", or {name!r} if sparing a customer that is worth {each} to us"
        print()
    print(
        f"Decision: take {best!r}, {played[best].measure('cost').text} in {WEEKS} weeks, the desk "
        f"included{unless}; keep {stays} afterwards."
    )


def picture(played: qs.Comparison, n: int) -> Axes:
    """How many wait, working day by working day."""
    waiting = {
        name: result.measure_by("day", "backlog", contact_type="complaint")
        for name, result in played.results.items()
    }
    return qs.plots.lines(
        {
            name: {day: wait for day, wait in by_day.items() if day.weekday() < 5}
            for name, by_day in waiting.items()
        },
        title="How soon the complaints are cleared",
        below=f"{BACKLOG:.0f} on the first day, {PER_DAY:.0f} more each working day · {n} plays, the "
        "same complaints for every option",
        y="complaints that wait in the evening",
        target=PER_DAY,
        target_text=f"clear:\nunder {PER_DAY:.0f}",
        marks={START + pd.Timedelta(days=SOON - 1): "six weeks"},
    )


CAVEATS = """\
- Where the pile begins scatters like any day, by 20 %: a pile that is counted is surer than these.
- The 900 are taken as written on the first morning: those who have waited for three weeks already will
  ring sooner than here. Whoever rings leaves the pile; in a real desk the letter lies there still and
  is found answered.
- "Clears it" asks for nine plays in ten, "keeps it clear" too; both are estimates, with the intervals
  above. Helpers who are free when we ask for them, and what it takes to find them, are assumed."""


if __name__ == "__main__":
    main()
