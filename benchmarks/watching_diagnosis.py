"""Diagnosis: is the cause found that an incident was made of, and are two told apart?

    python -m benchmarks.watching_diagnosis [--short]

An incident is one replication of the plan with one thing, or two, changed; its intervals are the
observed table. Of one cause: how often it carries the most. Of two: how often each share that
really was (the same day played again without the one, the other, and both) is in its interval.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

import queuesim as qs
from queuesim.experiments.players import CompiledPlayer
from queuesim.results import Tally
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES
from queuesim.watching.diagnose import Diagnosis, Measure, diagnose

Change = Callable[[qs.Scenario], qs.Scenario]

DAY = "2026-11-24"
SINCE, UNTIL = f"{DAY} 08:00", f"{DAY} 18:00"
SEED = 20_000


def plan(apart: bool = False) -> qs.Scenario:
    """Return a day of two contact types and two groups, busy, not overloaded; or each its own."""
    wage = qs.InHouse(per_hour=24.0)

    def phone(name: str, per_day: float, talk: str) -> qs.ContactType:
        return qs.ContactType(
            name=name,
            channel="phone",
            demand=qs.Demand(per_day=per_day, day="office"),
            talk=qs.LogNormal(mean=talk, cv=0.9),
            wrap_up=qs.Exponential(mean="40s"),
            patience=qs.Exponential(mean="4min"),
        )

    skills: tuple[str, ...] = ("billing", "support")
    home_people, partner_people = 26, 8
    if apart:
        skills, home_people, partner_people = ("billing",), 17, 16
    home = qs.AgentGroup(name="home", skills=skills, headcount=home_people, contract=wage)
    partner = qs.AgentGroup(
        name="partner", skills=("support",), headcount=partner_people, contract=wage
    )
    return qs.Scenario(
        name="two types and two groups",
        contact_types=(phone("billing", 2000, "4min"), phone("support", 1500, "5min")),
        agent_groups=(home, partner),
        horizon=qs.Horizon(start=DAY, days=1),
    )


def more(name: str, factor: float) -> Change:
    """Return the change: more contacts of a type, all day."""
    event = qs.Event(name="incident", start=f"{DAY} 00:00", lasts="24h", factor=factor)
    return lambda s: s.change(f"contact_types.{name}.demand.events", (event,))


def times(path: str, factor: float) -> Change:
    """Return the change: a value of each of some parts times a factor."""

    def change(scenario: qs.Scenario) -> qs.Scenario:
        value: object = scenario
        for step in path.split("."):
            parts = {part.name: part for part in value} if isinstance(value, tuple) else {}
            value = parts[step] if step in parts else getattr(value, step)
        assert isinstance(value, (int, float))
        new = value * factor
        return scenario.change(path, round(new) if isinstance(value, int) else new)

    return change


def both(*changes: Change) -> Change:
    """Return several changes as one."""

    def change(scenario: qs.Scenario) -> qs.Scenario:
        for each in changes:
            scenario = each(scenario)
        return scenario

    return change


@dataclass(frozen=True)
class Incident:
    """What was changed, and by which causes it should be explained."""

    name: str
    causes: tuple[str, ...]
    changes: tuple[Change, ...]
    measure: Measure = "wait"
    apart: bool = False


def _patience(factor: float) -> Change:
    return both(
        *(times(f"contact_types.{name}.patience.mean", factor) for name in ("billing", "support"))
    )


SINGLE = (
    Incident("billing contacts +15 %", ("contacts",), (more("billing", 1.15),)),
    Incident("billing contacts +30 %", ("contacts",), (more("billing", 1.3),)),
    Incident("support contacts +30 %", ("contacts",), (more("support", 1.3),)),
    Incident("billing talk × 1.2", ("handling",),
             (times("contact_types.billing.talk.mean", 1.2),)),
    Incident("billing talk × 1.3", ("handling",),
             (times("contact_types.billing.talk.mean", 1.3),)),
    Incident("home − 15 %", ("people",), (times("agent_groups.home.headcount", 0.85),)),
    Incident("home − 30 %", ("people",), (times("agent_groups.home.headcount", 0.7),)),
    Incident("partner − 50 %", ("people",), (times("agent_groups.partner.headcount", 0.5),)),
    Incident("patience × 0.5, abandonment", ("patience",), (_patience(0.5),), "abandonment"),
    Incident("patience × 0.5, wait", ("patience",), (_patience(0.5),)),
    Incident("billing + 20 %, support − 27 %, teams apart", ("mix",),
             (both(more("billing", 1.2), more("support", 0.733)),), apart=True),
)  # fmt: skip
DOUBLE = (
    Incident("billing contacts + 20 %, talk × 1.15", ("contacts", "handling"),
             (more("billing", 1.2), times("contact_types.billing.talk.mean", 1.15))),
    Incident("billing contacts + 15 %, home − 15 %", ("contacts", "people"),
             (more("billing", 1.15), times("agent_groups.home.headcount", 0.85))),
    Incident("support talk × 1.2, partner − 40 %", ("handling", "people"),
             (times("contact_types.support.talk.mean", 1.2),
              times("agent_groups.partner.headcount", 0.6))),
)  # fmt: skip


def observed(scenario: qs.Scenario, tally: Tally) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one replication as the tables that a contact centre keeps."""
    horizon = scenario.horizon
    starts = [horizon.local(float(edge)).replace(tzinfo=None) for edge in horizon.edges_s[:-1]]
    of = {name: tally.contacts[k] for k, name in enumerate(CONTACT_QUANTITIES)}
    frames = []
    for k, each in enumerate(scenario.contact_types):
        with np.errstate(invalid="ignore"):
            columns = {
                "offered": of["offered"][k],
                "answered": of["answered"][k],
                "abandoned": of["abandoned"][k],
                "mean_wait_s": of["wait_answered_s"][k] / of["answered"][k],
                "answered_within": of["answered_within"][k],
                "mean_handle_s": (of["talk_s"] + of["wrap_up_s"])[k] / of["handled"][k],
            }
        frames.append(pd.DataFrame({"start": starts, "contact_type": each.name, **columns}))
    staffed = tally.groups[GROUP_QUANTITIES.index("staffed_s")] / horizon.interval
    staff = [
        pd.DataFrame({"start": starts, "agent_group": each.name, "staffed": staffed[k]})
        for k, each in enumerate(scenario.agent_groups)
    ]
    return pd.concat(frames, ignore_index=True), pd.concat(staff, ignore_index=True)


def measured(tally: Tally, measure: str) -> float:
    """Return the measure of one replication in the window."""
    above, below = {
        "wait": ("wait_answered_s", "answered"),
        "abandonment": ("abandoned", "offered"),
    }[measure]
    rows = [CONTACT_QUANTITIES.index(name) for name in (above, below)]
    sums = tally.contacts[rows][:, :, 16:36].sum(axis=(1, 2))
    return float(sums[0] / sums[1])


def day_of(scenario: qs.Scenario, replication: int) -> Tally:
    """Play one day."""
    player = CompiledPlayer(scenario)
    return player.play(seed=SEED, replication=replication, keep_contacts=False)


def diagnosed(incident: Incident, number: int, replications: int) -> tuple[Diagnosis, list[float]]:
    """Return the diagnosis of one incident, and what each change really made of that day."""
    base = plan(incident.apart)
    worst = both(*incident.changes)(base)
    tally = day_of(worst, number)
    table, staff = observed(worst, tally)
    found = diagnose(
        base, table, staff, since=SINCE, until=UNTIL, measure=incident.measure,
        replications=replications, parts=False, seed=number,
    )  # fmt: skip
    really = []
    if len(incident.changes) == 2:
        one, other = (measured(day_of(change(base), number), incident.measure)
                      for change in incident.changes)  # fmt: skip
        none, all_ = measured(day_of(base, number), incident.measure), found.observed
        really = [(one - none + all_ - other) / 2, (other - none + all_ - one) / 2]
    return found, really


def adds_up(found: Diagnosis) -> bool:
    """Whether the parts are exactly the excess, in any order."""
    amounts = found.table[found.amount].to_numpy()
    return bool(amounts.sum() == found.excess and amounts[::-1].cumsum()[-1] == found.excess)


def study(
    incidents: Sequence[Incident], days: int, replications: int
) -> Iterator[dict[str, object]]:
    """Diagnose many days of each incident; yield a row of the table for each."""
    for incident in incidents:
        begun = time.perf_counter()
        hits, exact, surprised, excess, truths, spans = 0, 0, 0, [], [], []
        mains: dict[str, int] = {}
        for number in range(days):
            found, really = diagnosed(incident, number, replications)
            hits += found.main_cause in incident.causes
            mains[found.main_cause] = mains.get(found.main_cause, 0) + 1
            exact += adds_up(found)
            rows = found.table.set_index("cause")
            surprised += int((rows["unusual"].to_numpy()[-1:] < 0.1).sum())
            excess.append(found.excess)
            if really:
                truths.append(really)
                spans.append(
                    rows.reindex(list(incident.causes))[["seconds", "low", "high"]].to_numpy()
                )
        row = {
            "incident": incident.name,
            "days": days,
            "excess": float(np.mean(excess)),
            "largest": hits / days,
            "mains": mains,
            "exact": exact / days,
            "chance unusual at 10 %": surprised / days,
            "s a diagnosis": (time.perf_counter() - begun) / days,
        }
        if len(incident.changes) == 2:
            truth, span = np.array(truths), np.array(spans)
            low, high = span[..., 1], span[..., 2]
            for name, what in (("that day", truth), ("on average", truth.mean(axis=0))):
                inside = (low <= what) & (what <= high)
                row[f"inside, {name}"] = [*inside.mean(axis=0), inside.all(axis=1).mean()]
            row["really"], row["told"] = truth.mean(axis=0), span[..., 0].mean(axis=0)
        yield row


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="ten days of each incident")
    parser.add_argument("--days", type=int, default=100)
    parser.add_argument("--replications", type=int, default=60)
    given = parser.parse_args()
    days = 10 if given.short else given.days
    warnings.simplefilter("ignore", qs.ScenarioWarning)
    for row in study((*SINGLE, *DOUBLE), days, given.replications):
        print("; ".join(f"{name}: {value}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
