"""Who is compared with whom: the contestants of a case and phase, and those that are left out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

import queuesim as qs
from benchmarks import peers
from benchmarks.answers import (
    Answer,
    Counts,
    WrongAnswerError,
    answer_of,
    checksum,
    counts_in_result,
    counts_in_tally,
    counts_of,
    must_equal,
)
from benchmarks.cases import Case, outcome_of, tape_of
from benchmarks.peers import Peer, plain_heapq
from benchmarks.prototype import Prototype, Table, must_agree
from benchmarks.subjects import Engine, Played, engines, fastest, outcome_from, whole
from benchmarks.timing import Contestant
from benchmarks.work import Work, first_contacts, work_of
from queuesim.results import Result
from queuesim.results.tally import Tally, tally
from queuesim.sampling import Tape

PEERS_APART = 0.01
"""Where staffing means something else to a peer, its abandonment may differ by this share."""

STORE_APART = 0.001
"""Where only ties between idle agents are broken otherwise, by this share."""

TOO_SLOW = "minutes a replication"

SLOW_SHARE = 50
"""An engine that is slow plays one replication in so many of the phase whole."""


@dataclass(frozen=True)
class With:
    """Who else takes part.

    Attributes
    ----------
    peers : bool
        Peers of the `benchmarks` extra; those that need nothing but queuesim's own dependencies
        take part in any case.
    prototype : Prototype or None
    engines : tuple of str
        Of queuesim's; empty: all that there are.
    """

    peers: bool = False
    prototype: Prototype | None = None
    engines: tuple[str, ...] = ()

    def chosen(self) -> list[Engine]:
        """Return queuesim's engines that take part."""
        return [e for e in engines().values() if not self.engines or e.name in self.engines]


@dataclass
class Contest:
    """A case and phase with its contestants.

    Attributes
    ----------
    case : Case
    phase : str
    contestants : list of Contestant
    left_out : dict of str to str
        Name and reason of those that cannot take part.
    """

    case: Case
    phase: str
    contestants: list[Contestant] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def contest(case: Case, phase: str, others: With) -> Contest:
    """Gather the contestants of a case and phase."""
    made = Contest(case, phase)
    {"sample": _sample, "kernel": _kernel, "measures": _measures, "whole": _whole}[phase](
        made, others
    )
    return made


def _sample(made: Contest, others: With) -> None:
    case = made.case

    def check(tape: Tape) -> None:
        must_equal(f"{case.name}: contacts on the tape", len(tape), case.rows or case.contacts)

    made.contestants.append(Contestant("draw_tape", case.tape, case.contacts, check))


def _kernel(made: Contest, others: With) -> None:
    case = made.case
    tape = tape_of(case.name)

    def check(played: Played) -> None:
        must_equal(f"{case.name}: checksum", checksum(outcome_from(played)), case.checksum)

    for engine in others.chosen():
        if case.long and not engine.fast:
            made.left_out[f"{engine.name}, long cases"] = TOO_SLOW
            continue
        play = partial(engine.play, case.scenario, tape)
        made.contestants.append(Contestant(engine.name, play, case.contacts, check))
        if engine.prepared is not None:
            made.contestants.append(
                Contestant(
                    f"{engine.name}, arrays made",
                    lambda kernel: kernel(),
                    case.contacts,
                    check,
                    ready=partial(engine.prepared, case.scenario, tape),
                )
            )
    if others.prototype is not None and case.prototype:
        made.contestants.append(_prototype_kernel(case, tape, others.prototype))
    if case.peers:
        _add_peers(made, tape, peers.PEERS, others)


def _prototype_kernel(case: Case, tape: Tape, prototype: Prototype) -> Contestant:
    def check(table: Table) -> None:
        must_agree(table, outcome_of(case.name))

    play = prototype.prepare(case.scenario, tape)
    return Contestant("prototype", play, case.contacts, check, note="arrays made beforehand")


def _measures(made: Contest, others: With) -> None:
    case = made.case
    if case.long and not fastest().fast:
        made.left_out[f"{fastest().name}, long cases"] = TOO_SLOW
        return
    outcome = outcome_of(case.name)
    expected = counts_of(outcome)
    must_equal(f"{case.name}: checksum", checksum(outcome), case.checksum)

    def check(found: Tally) -> None:
        must_equal(f"{case.name}: tally", counts_in_tally(found), expected)

    made.contestants.append(Contestant("tally", partial(tally, outcome), case.contacts, check))


def _whole(made: Contest, others: With) -> None:
    case = made.case
    for engine in others.chosen():
        if case.long and not engine.fast:
            made.left_out[f"{engine.name}, long cases"] = TOO_SLOW
        else:
            many = case.replications
            if not engine.fast:
                many = max(1, many // SLOW_SHARE)
            made.contestants.append(_whole_contestant(case, engine.name, many))
    if case.replications == 1:
        return
    if others.prototype is not None and case.prototype:
        made.contestants.append(_prototype_many(case, others.prototype))
    if case.peers:
        cimba = [peer for peer in peers.PEERS if peer.distribution == "cimba"]
        _add_peers(made, tape_of(case.name), cimba, others, replications=case.replications)


def _whole_contestant(case: Case, engine: str, replications: int) -> Contestant:
    def run() -> Result:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", qs.ScenarioWarning)
            return whole(case.scenario, replications, engine, seed=case.seed)

    def check(result: Result) -> None:
        first, together = counts_in_result(result)
        must_equal(f"{case.name}: replication 0", first, Counts(case.contacts, case.abandoned))
        must_equal(
            f"{case.name}: {replications} replications",
            together,
            case.together.get(replications, together),
        )

    note = "" if replications == case.replications else f"{replications} replications"
    return Contestant(engine, run, case.contacts * replications, check, note)


def _prototype_many(case: Case, prototype: Prototype) -> Contestant:
    """Nothing but its kernel, on the tapes of all replications, drawn beforehand."""
    tapes = [case.tape(r) for r in range(case.replications)]
    plays = [prototype.prepare(case.scenario, tape) for tape in tapes]

    def run() -> list[Table]:
        return [play() for play in plays]

    def check(tables: list[Table]) -> None:
        must_agree(tables[0], outcome_of(case.name))

    contacts = sum(map(len, tapes))
    note = f"kernel alone, x{case.replications}: no drawing, no counting"
    return Contestant("prototype", run, contacts, check, note)


def _add_peers(
    made: Contest, tape: Tape, chosen: Iterable[Peer], others: With, replications: int = 1
) -> None:
    for peer in chosen:
        why = peers.missing(peer)
        if why is None and peer.optional and not others.peers:
            why = "only with --peers"
        if why is not None:
            made.left_out[peer.name] = why
            continue
        given = first_contacts(tape, peer.most_contacts)
        work = work_of(made.case.scenario, given)
        shorter = f"the first {len(work):,} contacts" if len(work) < len(tape) else ""
        many = f"x{replications}, contacts given, nothing drawn" if replications > 1 else ""
        notes = [shorter, many, "" if constant(work) else f"staffing by {peer.meaning}"]
        made.contestants.append(
            Contestant(
                peer.name,
                peers.prepare(peer, work, replications),
                len(work) * replications,
                peer_check(peer, made.case, given),
                "; ".join(filter(None, notes)),
            )
        )


def constant(work: Work) -> bool:
    """Whether staffing never changes."""
    return len(work.step_s) == 1


def peer_check(peer: Peer, case: Case, tape: Tape) -> Callable[[Answer], None]:
    """Return the check of a peer's answer on a tape: equal where it means the same, else close."""
    work = work_of(case.scenario, tape)
    ours = answer_of(fastest().play(case.scenario, tape))
    same = constant(work)
    expected = plain_heapq.by_counts(work) if peer.meaning == "counts" and not same else ours
    apart = 0.0
    if not same:
        apart = {"people": STORE_APART if peer.breaks_ties_otherwise else 0.0}.get(
            peer.meaning, PEERS_APART
        )

    def check(found: Answer) -> None:
        if same or peer.meaning == "counts" or not apart:
            must_equal(f"{peer.name} on {case.name}", found, expected)
        if abs(found.abandonment - ours.abandonment) > apart:
            raise WrongAnswerError(
                f"{peer.name} on {case.name}: {found.abandonment:.4f} abandon, more than "
                f"{apart} from queuesim's {ours.abandonment:.4f}"
            )
        must_equal(f"{peer.name} on {case.name}: contacts", found.contacts, ours.contacts)

    return check
