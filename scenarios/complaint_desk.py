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

import numpy as np
import pandas as pd

import queuesim as qs
from queuesim.results.confidence import Estimate, proportion

START, WEEKS = pd.Timestamp("2027-01-11"), 12
PER_DAY, BACKLOG = 60.0, 900.0
OPEN = {"mon-fri": "08:00-16:00"}
LONG = {"mon-fri": "08:00-18:00", "sat": "09:00-15:00"}


def desk(name: str, own: int, *helpers: qs.AgentGroup, weeks: int, backlog: float) -> qs.Scenario:
    """The desk with its own people and those who help out; the backlog is a bulge on day one."""
    events = ()
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


def evenings(result: qs.Result) -> np.ndarray:
    """How many wait each evening, in every replication: int[replications, days]."""
    contacts = result.contacts
    layout = result.scenario.horizon
    edges = np.asarray(layout.day_edges_s)[1:]
    gone = contacts["answered_s"].fillna(contacts["left_s"]).fillna(np.inf)
    waits = np.zeros((result.replications, len(edges)), dtype=int)
    for number, own in contacts.assign(gone_s=gone).groupby("replication"):
        came = np.searchsorted(np.sort(own["arrival_s"]), edges)
        waits[int(str(number))] = came - np.searchsorted(np.sort(own["gone_s"]), edges)
    return waits


def share(hits: np.ndarray) -> Estimate:
    """A probability, from what happened in each replication."""
    return proportion(hits.astype(float), np.ones(len(hits)))


def main() -> None:
    """Play the options, show the backlog, decide; then ask what keeps it clear."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--short", action="store_true", help="a few seconds, to see that it runs")
    arguments = parser.parse_args()
    replications = 5 if arguments.short else arguments.replications

    played = qs.compare(options(WEEKS), replications=replications, seed=21, keep_contacts=True)
    waits = {name: evenings(result) for name, result in played.results.items()}
    fridays = np.arange(4, 7 * WEEKS, 7)
    table = pd.DataFrame(
        {n: w[:, fridays].mean(axis=0).round() for n, w in waits.items()}, dtype=int
    )
    table.index = pd.Index([f"{START + pd.Timedelta(days=int(d)):%d %b}" for d in fridays])
    print(f"Waiting on Friday evening, mean of {replications} replications:\n{table}\n")

    by = 6 * 7 - 1  # the end of week 6
    fit = {}
    for name, w in waits.items():
        clear = w < PER_DAY
        first = np.where(clear.any(axis=1), clear.argmax(axis=1) + 1, 9_999)
        soon = share(first <= by)
        lost = played[name].measure("abandoned", contact_type="complaint")
        middle = np.median(first)
        when = f"day {middle:.0f}" if middle < 9_999 else "not in 12 weeks"
        print(f"{name:10} clear in half the plays by {when}; within six weeks: {soon.text}")
        print(f"{'':10} tired of waiting: {lost.text}; cost {played[name].measure('cost').text}")
        if soon.value >= 0.9:
            fit[name] = played[name].measure("cost").value

    print("\nAnd afterwards, without a backlog, 26 weeks: most that wait on any evening")
    calm = qs.compare(
        {f"{n} people": desk(f"{n} people", n, weeks=26, backlog=0.0) for n in (3, 4, 5)},
        replications=replications, seed=22, keep_contacts=True,
    )  # fmt: skip
    keeps = {}
    for name, result in calm.results.items():
        kept = share(evenings(result).max(axis=1) < 3 * PER_DAY)
        keeps[name] = kept.value
        print(f"{name:10} never three days' work: {kept.text}; cost {result.measure('cost').text}")

    best = min(fit, key=lambda name: fit[name]) if fit else None
    stays = next((name for name, value in keeps.items() if value >= 0.9), "more than 5 people")
    how = f"take {best!r}, {fit[best]:,.0f} EUR in 12 weeks" if best else "none of these is enough"
    print(f"\nDecision: {how}; keep {stays} afterwards.\n\nCAVEATS\n{CAVEATS}")


CAVEATS = """\
The 900 are taken as written on the first morning: those who have waited for three weeks already will
ring sooner than here. Whoever rings leaves the pile; in a real desk the letter lies there still and
is found answered. 'Clear in six weeks' asks for nine plays in ten, which is an estimate as well."""


if __name__ == "__main__":
    main()
