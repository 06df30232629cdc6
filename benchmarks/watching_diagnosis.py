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
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

import queuesim as qs
from benchmarks.watching_diagnosis_incidents import DOUBLE, SINCE, SINGLE, UNTIL, Incident, both
from queuesim.experiments.players import CompiledPlayer
from queuesim.model import Channel
from queuesim.results import Tally
from queuesim.results.tally import CONTACT_QUANTITIES, GROUP_QUANTITIES
from queuesim.watching.diagnose import Diagnosis, diagnose

SEED = 20_000


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
                "mean_handle_s": (of["talk_s"] + of["wrap_up_s"] - of["paused_s"])[k]
                / of["handled"][k],
            }
        frames.append(pd.DataFrame({"start": starts, "contact_type": each.name, **columns}))
    staffed = tally.groups[GROUP_QUANTITIES.index("staffed_s")] / horizon.interval
    staff = [
        pd.DataFrame({"start": starts, "agent_group": each.name, "staffed": staffed[k]})
        for k, each in enumerate(scenario.agent_groups)
    ]
    return pd.concat(frames, ignore_index=True), pd.concat(staff, ignore_index=True)


def measured(scenario: qs.Scenario, number: int, incident: Incident) -> float:
    """Return the measure of one replication in the window."""
    tally = day_of(scenario, number)
    above, below = {
        "wait": ("wait_answered_s", "answered"),
        "abandonment": ("abandoned", "offered"),
    }[incident.measure]
    rows = [CONTACT_QUANTITIES.index(name) for name in (above, below)]
    types = [
        k
        for k, each in enumerate(scenario.contact_types)
        if each.name == incident.contact_type
        or (incident.contact_type is None and each.channel is not Channel.MESSAGE)
    ]
    sums = tally.contacts[rows][:, types, -32:-12].sum(axis=(1, 2))  # the last day, 08 to 18
    return float(sums[0] / sums[1])


def day_of(scenario: qs.Scenario, replication: int) -> Tally:
    """Play one day."""
    player = CompiledPlayer(scenario)
    return player.play(seed=SEED, replication=replication, keep_contacts=False)


def diagnosed(incident: Incident, number: int, replications: int) -> tuple[Diagnosis, list[float]]:
    """Return the diagnosis of one incident, and what each change really made of that day."""
    base = incident.centre()
    worst = both(*incident.changes)(base)
    tally = day_of(worst, number)
    table, staff = observed(worst, tally)
    found = diagnose(
        base, table, staff, since=SINCE, until=UNTIL, measure=incident.measure,
        contact_type=incident.contact_type,
        replications=replications, parts=False, seed=number,
    )  # fmt: skip
    really = []
    if len(incident.changes) == 2:
        one, other = (measured(change(base), number, incident) for change in incident.changes)
        none, all_ = measured(base, number, incident), found.observed
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
    parser.add_argument("--only", default="", help="incidents whose names contain this")
    parser.add_argument("--replications", type=int, default=60)
    given = parser.parse_args()
    days = 10 if given.short else given.days
    warnings.simplefilter("ignore", qs.ScenarioWarning)
    chosen = [each for each in (*SINGLE, *DOUBLE) if given.only in each.name]
    for row in study(chosen, days, given.replications):
        print("; ".join(f"{name}: {value}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
