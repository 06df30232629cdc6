"""The benchmarks' answers are right, and so is their arithmetic; nothing here is timed."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import contests, growth, memory, peers, report, run
from benchmarks.answers import Answer, WrongAnswerError, answer_of, checksum, counts_of
from benchmarks.cases import CASES, Case, tape_of
from benchmarks.claims import CLAIMS, Claim, judged
from benchmarks.contests import With, contest, peer_check
from benchmarks.peers import PEERS, Peer, plain_heapq
from benchmarks.subjects import engines, fastest, outcome_from
from benchmarks.timing import Contestant, Spread, Timing, interleaved, ratio, spread
from benchmarks.work import first_contacts, work_of

ROOT = Path(__file__).resolve().parent.parent
SMALL = [case for case in CASES.values() if not case.long and "kernel" in case.phases]

# Answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", engines().values(), ids=lambda e: e.name)
@pytest.mark.parametrize("case", SMALL, ids=lambda c: c.name)
def test_every_engine_gives_the_registered_answer(case: Case, engine) -> None:
    outcome = engine.play(case.scenario, tape_of(case.name))
    assert (case.contacts, case.abandoned) == counts_of(outcome)
    assert checksum(outcome) == case.checksum
    if engine.prepared is not None:
        played = engine.prepared(case.scenario, tape_of(case.name))()
        assert checksum(outcome_from(played)) == case.checksum


def test_a_year_has_the_registered_days() -> None:
    assert CASES["year"].make is CASES["year_100"].make
    assert CASES["year"].checksum == CASES["year_100"].checksum
    year = CASES["year"].scenario
    assert year.horizon.days == 365
    assert [c.channel for c in year.contact_types] == ["phone", "chat", "callback"]
    assert year.agent_groups[0].most_scheduled() == 100


@pytest.mark.parametrize("peer", PEERS, ids=lambda p: p.name)
@pytest.mark.parametrize("name", ["day", "erlang_a"])
def test_a_peer_agrees_on_the_answer(name: str, peer: Peer) -> None:
    if (why := peers.missing(peer)) is not None:
        pytest.skip(why)
    if peer.optional:  # in a process of its own: cimba must come before other compiled records
        ask = f"from tests.test_benchmarks import check; check({name!r}, {peer.name!r})"
        subprocess.run([sys.executable, "-c", ask], check=True, cwd=ROOT)
    else:
        check(name, peer.name)


def check(name: str, peer_name: str) -> None:
    """Hold a peer's answer against queuesim's."""
    peer = next(each for each in PEERS if each.name == peer_name)
    case = CASES[name]
    tape = first_contacts(tape_of(name), 2_500)  # by then the staffing of the day has changed often
    peer_check(peer, case, tape)(peers.prepare(peer, work_of(case.scenario, tape))())


def test_people_and_places_differ_where_staffing_changes_and_only_there() -> None:
    for name, same in (("day", False), ("erlang_a", True)):
        tape = first_contacts(tape_of(name), 5_000)
        work = work_of(CASES[name].scenario, tape)
        ours = answer_of(fastest().play(CASES[name].scenario, tape))
        assert (plain_heapq.by_counts(work) == ours) is same
        assert plain_heapq.prepare(work, 1)() == ours


def test_work_of_the_day_has_its_staffing() -> None:
    work = work_of(CASES["day"].scenario, tape_of("day"))
    assert work.step_agents.max() == 90
    assert work.step_agents[0] == 25
    assert work.step_s[0] == 8 * 3600
    assert work.step_agents[-1] == 20  # at closing they stay for those who wait
    assert np.all(np.diff(work.shift_s) >= 0)


@pytest.mark.parametrize(
    "peer", [p for p in PEERS if p.meaning != "replaced"], ids=lambda p: p.name
)
def test_one_contact_too_many_is_a_wrong_answer(peer: Peer) -> None:
    case = CASES["erlang_a"]
    tape = first_contacts(tape_of("erlang_a"), 2_000)
    right = answer_of(fastest().play(case.scenario, tape))
    check = peer_check(peer, case, tape)
    check(right)
    with pytest.raises(WrongAnswerError, match=peer.name):
        check(dataclasses.replace(right, abandoned=right.abandoned + 1))


def test_a_wrong_answer_stops_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = dataclasses.replace(CASES["day"], checksum="0" * 16)
    monkeypatch.setitem(CASES, "day", wrong)  # type: ignore[arg-type]
    arguments = ["--case", "day", "--phase", "kernel", "--engine", "reference", "--repeats", "1"]
    assert run.main(arguments) == 1
    assert "wrong answer: day: checksum: a11c51af77ef842c" in capsys.readouterr().err


def test_contacts_with_other_fates_are_not_compared_with_peers() -> None:
    case = CASES["callbacks"]
    with pytest.raises(ValueError, match="handled and abandoned"):
        answer_of(fastest().play(case.scenario, tape_of("callbacks")))
    with pytest.raises(ValueError, match="one phone contact type"):
        work_of(CASES["chat"].scenario, tape_of("chat"))


# Contests -----------------------------------------------------------------------------------


def test_who_takes_part() -> None:
    made = contest(CASES["day"], "kernel", With())
    names = [one.name for one in made.contestants]
    assert names[: len(engines())] == [*engines()] or "compiled, arrays made" in names
    assert {"heapq loop", "SimPy dispatcher", "SimPy textbook"} <= set(names)
    assert {"cimba", "Ciw", "salabim"} == set(made.left_out)
    assert not contest(CASES["chat"], "kernel", With(peers=True)).left_out


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Peer("Gone", "gone_peer", "no-such-distribution", "people", optional=True)
    monkeypatch.setattr(contests.peers, "PEERS", (gone,))
    made = contest(CASES["day"], "kernel", With(peers=True))
    assert "no-such-distribution is not installed" in made.left_out["Gone"]


@pytest.mark.parametrize("phase", ["sample", "measures", "whole"])
def test_phases_check_their_answers(phase: str) -> None:
    for one in contest(CASES["chat"], phase, With()).contestants:
        one.check(one.run())
        with pytest.raises((WrongAnswerError, AttributeError, TypeError)):
            one.check(contest(CASES["day"], phase, With()).contestants[0].run())


def test_growth_is_at_equal_utilisation() -> None:
    for family, wanted in zip(growth.FAMILIES, (0.9, 0.9, 0.95), strict=True):
        for size in family.sizes[:3]:
            scenario = family.make(size)
            people = sum(group.most_scheduled() for group in scenario.agent_groups)
            load = sum(float(erlangs[0]) for erlangs in scenario.offered_load())
            assert load / people == pytest.approx(wanted, rel=0.01)


def test_groups_of_the_growth_in_types_have_three_skills() -> None:
    scenario = growth.by_types(10)
    assert len(scenario.contact_types) == len(scenario.agent_groups) == 10
    assert [len(group.skills) for group in scenario.agent_groups] == [3] * 10
    assert growth.by_types(1).agent_groups[0].headcount == 500


# Arithmetic, by a clock that is told what to say ---------------------------------------------


class FakeClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def taking(self, *seconds: float) -> Callable[[], int]:
        """A contestant that takes so long in each of its calls, the last for ever."""
        left = list(seconds)

        def call() -> int:
            self.now += left.pop(0) if len(left) > 1 else left[0]
            return 42

        return call


def contestant(name: str, call: Callable[[], int], contacts: int = 10) -> Contestant:
    def check(answer: int) -> None:
        if answer != 42:
            raise WrongAnswerError(f"{name}: {answer}")

    return Contestant(name, call, contacts, check)


def test_quartiles_by_hand() -> None:
    assert spread([3.0]) == Spread(3.0, 3.0, 3.0)
    assert spread([1.0, 2.0, 3.0, 4.0, 5.0]) == Spread(3.0, 2.0, 4.0)
    assert spread([4.0, 1.0]) == Spread(2.5, 1.75, 3.25)


def test_the_first_call_is_apart_and_turns_are_medians() -> None:
    clock = FakeClock()
    slow = contestant("slow", clock.taking(9.0, 2.0, 4.0, 3.0))
    fast = contestant("fast", clock.taking(5.0, 1.0, 1.0, 1.0))
    timings = interleaved([slow, fast], 3, clock=clock)
    assert [t.first_s for t in timings] == [9.0, 5.0]
    assert timings[0].seconds == [2.0, 4.0, 3.0]
    assert timings[0].call_s.median == 3.0
    assert timings[0].contact_s.median == pytest.approx(0.3)
    assert ratio(*timings) == Spread(3.0, 2.5, 3.5)


def test_the_ratio_is_of_each_repeat_not_of_the_medians() -> None:
    """The machine slows down threefold in the last two repeats: the ratio is 2 all the same."""
    clock = FakeClock()
    one = Timing(contestant("one", clock.taking(1.0)), 0.0, 1, [2.0, 6.0, 7.0])
    two = Timing(contestant("two", clock.taking(1.0)), 0.0, 1, [1.0, 3.0, 3.5])
    assert ratio(one, two) == Spread(2.0, 2.0, 2.0)


def test_the_ratio_is_per_contact() -> None:
    clock = FakeClock()
    many = Timing(contestant("many", clock.taking(1.0), contacts=100), 0.0, 1, [10.0])
    few = Timing(contestant("few", clock.taking(1.0), contacts=1), 0.0, 1, [1.0])
    assert ratio(few, many).median == pytest.approx(10.0)


def test_short_calls_are_repeated_within_a_turn() -> None:
    clock = FakeClock()
    (timing,) = interleaved(
        [contestant("quick", clock.taking(0.5, 0.01))], 2, clock=clock, turn_s=0.1
    )
    assert timing.calls == 10
    assert timing.seconds == pytest.approx([0.01, 0.01])


def test_getting_ready_is_not_timed() -> None:
    clock = FakeClock()

    def ready() -> str:
        clock.now += 100.0
        return "arrays"

    def run_on(given: str) -> int:
        assert given == "arrays"
        clock.now += 1.5
        return 42

    one = Contestant("one", run_on, 10, lambda _: None, ready=ready)
    (timing,) = interleaved([one], 2, clock=clock)
    assert (timing.first_s, timing.seconds) == (1.5, [1.5, 1.5])


def test_turns_are_interleaved_and_the_order_moves_on() -> None:
    clock, turns = FakeClock(), []

    def call(name: str) -> Callable[[], int]:
        def made() -> int:
            turns.append(name)
            clock.now += 2.0
            return 42

        return made

    interleaved([contestant(n, call(n)) for n in "abc"], 3, clock=clock)
    assert "".join(turns) == "abc" + "abc" + "bca" + "cab"


def test_a_contestant_that_errs_later_is_caught() -> None:
    clock, answers = FakeClock(), iter([42, 42, 41])

    def call() -> int:
        clock.now += 2.0
        return next(answers)

    with pytest.raises(WrongAnswerError, match="41"):
        interleaved([contestant("errs", call)], 3, clock=clock)


def test_claims_take_the_first_that_took_part() -> None:
    clock = FakeClock()
    timings = [
        Timing(contestant(name, clock.taking(1.0)), 0.0, 1, seconds)
        for name, seconds in (
            ("reference", [60.0, 66.0, 54.0]),
            ("compiled", [2.0, 2.0, 2.0]),
            ("compiled, arrays made", [1.0, 1.0, 1.0]),
        )
    ]
    (found,) = [f for f in judged("day", "kernel", timings) if f.longer == "reference"]
    assert found.shorter == "compiled, arrays made"
    assert found.ratio.median == 60.0
    assert found.holds
    assert judged("day", "sample", timings) == []
    assert not Claim("day", "kernel", ("a",), ("b",), at_most=1.2).holds(Spread(1.3, 1.0, 1.4))


def test_claims_are_of_cases_that_exist() -> None:
    for claim in CLAIMS:
        assert claim.phase in CASES[claim.case].phases
        assert (claim.at_least is None) != (claim.at_most is None)


# What is printed ----------------------------------------------------------------------------


def test_the_runner_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures, page = tmp_path / "new" / "out.json", tmp_path / "out.md"
    arguments = ["--case", "day", "--engine", "reference", "--phase", "sample", "--phase", "kernel"]
    arguments += ["--repeats", "1", "--json", str(figures), "--markdown", str(page)]
    assert run.main(arguments) == 0
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert {"date", "commit", "machine", "python", "versions", "contests", "claims"} <= set(found)
    sample, kernel = found["contests"]
    assert sample["phase"] == "sample"
    assert kernel["contestants"][0]["contacts"] == 4_981
    assert kernel["contestants"][0]["us_per_contact"]["median"] > 0
    printed, text = capsys.readouterr().out, page.read_text(encoding="utf-8")
    left = peers.missing(next(p for p in PEERS if p.name == "Ciw")) or "only with --peers"
    for wanted in ("contacts a second", "SimPy textbook", left):
        assert wanted in printed
        assert wanted in text


def test_the_answers_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--answers", "--case", "day"]) == 0
    assert capsys.readouterr().out == (
        'day: contacts=4_981, abandoned=54, checksum="a11c51af77ef842c"\n'
    )


def test_claims_growth_and_processes_have_tables() -> None:
    us = {"median": 0.07, "q1": 0.06, "q3": 0.08}
    one = {"name": "1,000", "contacts": 1000, "us_per_contact": us}
    claim = {"case": "day", "phase": "kernel", "ratio_of": "a", "to": "b", "wanted": "≥ 50"}
    process = {"case": "day", "engine": "a", "replications": 1, "play_s": 0.5, "process_s": 2.0}
    tables = report.tables(
        {
            "claims": [{**claim, "found": us, "holds": False}],
            "growth": [
                {
                    "family": "contacts",
                    "engine": "a",
                    "sizes": [one],
                    "largest_to_smallest": us,
                    "wanted": "≤ 1.4",
                    "left_out": [],
                }
            ],
            "processes": [{**process, "peak_mb": 150.2, "imported_mb": None}],
        }
    )
    cells = [cell for _, _, rows in tables for row in rows for cell in row]
    for wanted in ("does not hold", "0.070 (0.060–0.080)", "wanted ≤ 1.4", "150 MB", "unknown"):
        assert wanted in cells
    for _, header, rows in tables:
        assert {len(row) for row in rows} == {len(header)}


def test_a_process_of_its_own_says_its_memory() -> None:
    found = memory.in_a_child("day", 1, "reference")
    assert found["contacts"] == 4_981
    assert found["process_s"] >= found["play_s"] > 0
    if found["peak_mb"] is not None:
        assert 50 < found["imported_mb"] <= found["peak_mb"] < 2000


def test_an_answer_of_nobody() -> None:
    assert Answer(0, 0, 0.0).abandonment == 0.0
