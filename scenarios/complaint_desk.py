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

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

import queuesim as qs
from queuesim.reporting.style import (
    INK,
    SERIES,
    footnote,
    heading,
    legend_below,
    page,
    target_label,
)
from queuesim.results.confidence import proportion, ratio

START, WEEKS = pd.Timestamp("2027-01-11"), 12
PER_DAY, BACKLOG = 60.0, 900.0
OPEN = {"mon-fri": "08:00-16:00"}
SOON, SURE = 6 * 7, 0.9  # days within which it should be clear, in so many of the plays
LONG = {"mon-fri": "08:00-18:00", "sat": "09:00-15:00"}


def desk(name: str, own: int, *helpers: qs.AgentGroup, weeks: int, backlog: float) -> qs.Scenario:
    """The desk with its own people and those who help out; the backlog is a bulge on day one."""
    events: tuple[qs.Event, ...] = ()
    if backlog:  # written in the first half-hour of the first day, on top of the ordinary
        ordinary = PER_DAY / 16  # contacts in half an hour of eight hours
        bulge = 1 + backlog / ordinary
        events = (qs.Event(name="backlog", start=f"{START:%Y-%m-%d} 08:00", lasts="30min", factor=bulge),)  # fmt: skip
    hours = LONG if helpers and any(each.name == "overtime" for each in helpers) else OPEN
    complaint = qs.ContactType(
        name="complaint",
        channel="message",
        demand=qs.Demand(
            per_day=PER_DAY,
            day=(0.0,) * 16 + (1.0,) * 16 + (0.0,) * 16,
            week=(1, 1, 1, 1, 1, 0, 0),
            busyness=0.20,
            events=events,
        ),
        talk=qs.LogNormal(mean="18min", cv=0.8),
        wrap_up=qs.Exponential(mean="4min"),
        patience=qs.Exponential(mean="14d"),
        target=qs.ServiceTarget(share=0.9, within="5d"),
        hours=hours,
        redial=qs.Return(share=0.6, delay=qs.Exponential(mean="2h"), to="where is my answer"),
        repeat=qs.Return(share=0.5, delay=qs.Exponential(mean="3d"), max_attempts=2),
    )
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
        name="desk",
        skills=(qs.Skill("complaint", resolution=0.9), "where is my answer"),
        headcount=own,
        hours=OPEN,
        shrinkage=0.20,
        contract=qs.InHouse(per_hour=25.0, on_costs=0.22),
    )
    return qs.Scenario(
        name=name,
        contact_types=(complaint, chaser),
        agent_groups=(team, *helpers),
        horizon=qs.Horizon(start=f"{START:%Y-%m-%d}", days=7 * weeks, timezone="Europe/Vienna"),
    )


def helper(name: str, people: tuple[int, ...], weeks: int, **terms: object) -> qs.AgentGroup:
    """People who come for some weeks and answer complaints only."""
    plan = (*people, *(0,) * weeks)[:weeks]
    factor, resolution = (float(terms.pop(each)) for each in ("factor", "resolution"))  # type: ignore[arg-type]
    skill = qs.Skill("complaint", handle_factor=factor, resolution=resolution)
    return qs.AgentGroup(name=name, skills=(skill,), headcount={"weeks": plan}, **terms)


def options(weeks: int) -> dict[str, qs.Scenario]:
    """Wait and see, overtime, temporary people, a partner."""
    evenings = {"mon-fri": "16:00-18:00", "sat": "09:00-15:00"}
    overtime = helper(
        "overtime", (4,) * 6, weeks, factor=1.0, resolution=0.9, hours=evenings, shrinkage=0.05,
        contract=qs.InHouse(per_hour=25.0 * 1.5, on_costs=0.22),
    )  # fmt: skip
    temporary = helper(
        "temporary", (0, 3, 3, 3, 3, 3, 3), weeks, factor=1.3, resolution=0.85, hours=OPEN,
        shrinkage=0.10, contract=qs.InHouse(per_hour=23.0, on_costs=0.22),
    )  # fmt: skip
    partner = helper(
        "partner", (0, 0, 5, 5, 5, 5), weeks, factor=1.1, resolution=0.85, hours=OPEN,
        contract=qs.Outsourced(per_contact=14.0, monthly_minimum=5_000, lead_weeks=2),
    )  # fmt: skip
    helpers = {
        "as is": (),
        "overtime": (overtime,),
        "temporary": (temporary,),
        "partner": (partner,),
    }
    return {n: desk(n, 4, *g, weeks=weeks, backlog=BACKLOG) for n, g in helpers.items()}


def evenings(result: qs.Result) -> NDArray[np.int64]:
    """How many complaints wait each evening: [replications, days]."""
    contacts = result.contacts[result.contacts["contact_type"] == "complaint"]
    edges = np.asarray(result.scenario.horizon.day_edges_s)[1:]
    gone = contacts["answered_s"].fillna(contacts["left_s"]).fillna(np.inf)
    waits = np.zeros((result.replications, len(edges)), dtype=np.int64)
    for number, own in contacts.assign(gone_s=gone).groupby("replication"):
        came = np.searchsorted(np.sort(own["arrival_s"]), edges)
        waits[int(str(number))] = came - np.searchsorted(np.sort(own["gone_s"]), edges)
    return waits


def chance(happened: ArrayLike) -> qs.Estimate:
    """A probability, from what happened in each replication."""
    hits = np.asarray(happened, dtype=float)
    return proportion(hits, np.ones(len(hits)))


def on(day: float) -> str:
    """The date of the day with this number, from 0."""
    return f"{START + pd.Timedelta(days=int(day)):%d %b}"


def clear_by(waits: NDArray[np.int64]) -> str:
    """Between which dates nine plays in ten have it clear for the first time."""
    first = np.where((waits < PER_DAY).any(axis=1), (waits < PER_DAY).argmax(axis=1), 7 * WEEKS)
    early, middle, late = np.quantile(first, (0.05, 0.5, 0.95), method="higher")
    end = f"{on(late)}" if late < 7 * WEEKS else "later than 12 weeks"
    half = on(middle) if middle < 7 * WEEKS else "later than 12 weeks"
    return f"{half} in half the plays ({on(early)} to {end} in nine of ten)"


def main() -> None:
    """Play the options, show the backlog, decide; then ask what keeps it clear."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--output", type=Path, default=Path("output/complaint_desk"))
    parser.add_argument("--short", action="store_true", help="a few seconds, to see that it runs")
    arguments = parser.parse_args()
    n = 5 if arguments.short else arguments.replications

    played = qs.compare(options(WEEKS), replications=n, seed=21, keep_contacts=True)
    waits = {name: evenings(result) for name, result in played.results.items()}
    fit: list[str] = []
    print(f"TO CLEAR IT, {WEEKS} weeks, {n} plays of each option")
    for name, waiting in waits.items():
        result = played[name]
        soon = chance((waiting[:, :SOON] < PER_DAY).any(axis=1))
        left = result.measure("abandoned", contact_type="complaint")
        fridays = (
            f"{on(day)} {ratio(waiting[:, day], np.ones(n), unit='contacts').text}"
            for day in (11, 18, 25, 39)
        )
        print(f"\n{name}: {result.measure('cost').text}, of all who worked on it")
        print(f"  clear for the first time    {clear_by(waiting)}")
        print(f"  clear by {on(SOON - 1)}             in {soon.text} of the plays")
        print(f"  complaints that wait on     {'; '.join(fridays)}")
        print(f"  no longer waited for us     {left.text} of some 4,500; six in ten of them rang")
        if soon.value >= SURE:
            fit.append(name)
    draw(waits, arguments.output)

    print("\nTO KEEP IT CLEAR, 26 weeks that begin without a backlog")
    teams = {f"{k} people": desk(f"{k} people", k, weeks=26, backlog=0.0) for k in (3, 4, 5)}
    calm = qs.compare(teams, replications=n, seed=22, keep_contacts=True)
    keeps = {}
    for name, result in calm.results.items():
        most = evenings(result).max(axis=1)
        kept = chance(most < 3 * PER_DAY)
        keeps[name] = kept.value >= SURE
        middle = ratio(most, np.ones(n), unit="contacts")
        print(
            f"  {name}: always under {3 * PER_DAY:.0f} complaints in the evening (three days' work) in "
            f"{kept.text} of the plays;\n            {middle.text} wait in the worst evening; "
            f"{result.measure('cost').text}"
        )
    stays = next((name for name, kept in keeps.items() if kept), "more than 5 people")

    print(f"\nCAVEATS\n{CAVEATS}\n")
    if not fit:
        print(f"Decision: none of these clears it within six weeks; keep {stays} afterwards.")
        return
    fit.sort(key=lambda name: played[name].measure("cost").value)
    best, unless = fit[0], ""
    for name in fit[1:]:
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


def draw(waits: dict[str, NDArray[np.int64]], folder: Path) -> None:
    """Draw how many wait, evening by evening."""
    days = np.array([day for day in range(7 * WEEKS) if day % 7 < 5])
    with page(None) as ax:
        for (colour, marker, dashes), (name, waiting) in zip(SERIES, waits.items(), strict=False):
            means = [ratio(waiting[:, day], np.ones(len(waiting))) for day in days]
            low, high = [each.low for each in means], [each.high for each in means]
            ax.fill_between(days, low, high, color=colour, alpha=0.2, linewidth=0)
            ax.plot(
                days, waiting[:, days].mean(axis=0), color=colour, linestyle=dashes,
                marker=marker, markevery=5, label=name,
            )  # fmt: skip
        ax.axhline(PER_DAY, color=INK, linewidth=1.4)
        target_label(ax, PER_DAY, f"clear:\nunder {PER_DAY:.0f}")
        ax.axvline(SOON - 1, color=INK, linewidth=1.2, linestyle=":")
        ax.annotate("six weeks", (SOON - 1, 1), (5, -4), xycoords=("data", "axes fraction"), textcoords="offset points", va="top")  # fmt: skip
        mondays = range(0, 7 * WEEKS, 14)
        ax.set(xticks=mondays, xlim=(-1, 7 * WEEKS - 2), ylim=(0, None))
        ax.set_xticklabels([on(day) for day in mondays])
        ax.set(ylabel="complaints that wait in the evening")
        ax.grid(axis="y")
        heading(
            ax,
            "How soon the complaints are cleared",
            f"{BACKLOG:.0f} on the first day, {PER_DAY:.0f} more each working day · "
            f"{len(next(iter(waits.values())))} plays, the same complaints for every option",
        )
        legend = legend_below(ax, columns=4, room_pt=30)
        footnote(
            ax,
            "Lines: means of the plays. Bands: 95 % confidence intervals of these means.",
            below=legend,
        )
    folder.mkdir(parents=True, exist_ok=True)
    plt.savefig(folder / "waiting.png", dpi=150)
    print(f"\nsaved {folder / 'waiting.png'}")


CAVEATS = """\
- Where the pile begins scatters like any day, by 20 %: a pile that is counted is surer than these.
- The 900 are taken as written on the first morning: those who have waited for three weeks already will
  ring sooner than here. Whoever rings leaves the pile; in a real desk the letter lies there still and
  is found answered.
- "Clears it" asks for nine plays in ten, "keeps it clear" too; both are estimates, with the intervals
  above. Helpers who are free when we ask for them, and what it takes to find them, are assumed."""


if __name__ == "__main__":
    main()
