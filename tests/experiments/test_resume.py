"""resume=: the same to the bit as if nothing had stopped, and never the wrong experiment."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.routing import by_rank_or_score
from queuesim.experiments import Interrupted, replicate, resume
from queuesim.experiments.players import ENGINES
from queuesim.experiments.resume import identity
from queuesim.results.archive import first_of, state_of, totals_from
from tests.experiments.awkward import RaisesAfter
from tests.experiments.small import assert_same, centre, options, tiny


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "work.npz"


@pytest.fixture
def _batches_of_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicate, "batch_size", lambda *_, **__: 3)


def stopped_after(answers: int, play: Callable[..., object], **given: object) -> None:
    with pytest.raises(Interrupted):
        play(executor=RaisesAfter(answers, KeyboardInterrupt()), **given)


@pytest.mark.usefixtures("_batches_of_3")
@pytest.mark.parametrize("answers", [0, 1, 5, 8])
def test_stopped_and_continued_is_the_same_to_the_bit(answers: int, file: Path) -> None:
    def play(**given: object) -> qs.Comparison:
        return qs.compare(options(), replications=13, seed=7, **given)  # type: ignore[arg-type]

    stopped_after(answers, play, resume=file)
    stopped_after(3, play, resume=file)
    continued = play(resume=file)
    for name, result in play().results.items():
        assert_same(continued[name], result)
    assert sorted(file.parent.iterdir()) == [file]  # nothing is left lying about


@pytest.mark.usefixtures("_batches_of_3")
def test_more_replications_extend_and_the_same_number_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = qs.simulate(tiny(), replications=10, seed=7, resume=file)
    assert_same(first, qs.simulate(tiny(), replications=10, seed=7))
    longer = qs.simulate(tiny(), replications=14, seed=7, resume=str(file))
    assert_same(longer, qs.simulate(tiny(), replications=14, seed=7))
    monkeypatch.setattr(replicate, "play", None)
    assert_same(qs.simulate(tiny(), replications=14, seed=7, resume=file), longer)


def test_options_are_known_by_name_not_by_place(file: Path) -> None:
    three = options()
    qs.compare(three, replications=4, seed=7, resume=file)
    turned = dict(reversed(three.items()))
    longer = qs.compare(turned, replications=6, seed=7, resume=file)
    assert list(longer.results) == list(turned)
    for name, result in qs.compare(three, replications=6, seed=7).results.items():
        assert_same(longer[name], result)


def test_fewer_than_the_file_holds_is_refused(file: Path) -> None:
    qs.simulate(tiny(), replications=5, seed=7, resume=file)
    before = file.read_bytes()
    with pytest.raises(
        ValueError,
        match=r"work.npz holds 5 replications, more than replications=4: ask for 5 or more, or",
    ):
        qs.simulate(tiny(), replications=4, seed=7, resume=file)
    assert file.read_bytes() == before


def changed(path: str, value: object) -> dict[str, qs.Scenario]:
    return {**options(), "people 2": options()["people 2"].change(path, value)}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"seed": 8}, ["seed: 7 in the file, 8 now"]),
        (
            {"options": changed("agent_groups.home.headcount", 6)},
            ["option 'people 2', agent_groups.home.headcount: 2 in the file, 6 now"],
        ),
        (
            {"options": changed("contact_types.phone.talk.mean", "5min"), "seed": 9},
            [
                "seed: 7 in the file, 9 now",
                "option 'people 2', contact_types.phone.talk.mean: 240.0 in the file, 300.0 now",
            ],
        ),
        (
            {"options": {"people 1": tiny(1), "people 3": tiny(3)}},
            ["options: people 1, people 2, people 3 in the file, people 1, people 3 now"],
        ),
        (
            {"options": changed("agent_groups", tuple(reversed(tiny(2).agent_groups)))},
            ["option 'people 2', agent_groups: home, partner in the file, partner, home now"],
        ),
        (
            {"options": changed("contact_types.phone.demand.week", (1, 1, 1, 1, 1, 0.5, 0))},
            [
                "option 'people 2', contact_types.phone.demand.week.5: 1.0 in the file, 0.5 now",
                "option 'people 2', contact_types.phone.demand.week.6: 1.0 in the file, 0.0 now",
            ],
        ),
        (
            {"routing": by_rank_or_score},
            ["routing: none in the file, queuesim.engines.routing.by_rank_or_score now"],
        ),
        ({"engine": "other"}, ["engine: reference in the file, other now"]),
    ],
)
def test_another_experiment_is_refused_with_what_differs(
    given: dict[str, object], says: list[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENGINES, "other", replace(ENGINES["reference"], name="other"))
    held = {"options": options(), "seed": 7, "engine": "reference"}
    qs.compare(held.pop("options"), replications=2, resume=file, **held)  # type: ignore[arg-type]
    before = file.read_bytes()
    asked = {"options": options(), **held, **given}
    with pytest.raises(ValueError, match="holds another experiment, and is left as it is") as told:
        qs.compare(asked.pop("options"), replications=2, resume=file, **asked)  # type: ignore[arg-type]
    assert str(told.value).splitlines()[1:-1] == [f"  {line}" for line in says]
    assert file.read_bytes() == before


def test_many_differences_are_cut_and_another_version_is_enough(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qs.simulate(tiny(), replications=2, seed=7, resume=file)
    week = tiny().change("contact_types.phone.demand.week", (2, 2, 2, 2, 2, 2, 2))
    with pytest.raises(ValueError, match="and 2 more") as told:
        qs.simulate(
            week.change("agent_groups.home.headcount", 5).change("horizon.start", "2027-03-01"),
            replications=2,
            seed=8,
            resume=file,
        )
    assert len(str(told.value).splitlines()) == 11
    monkeypatch.setattr(resume, "__version__", "9.9.9")
    with pytest.raises(ValueError, match=r"queuesim: .* in the file, 9\.9\.9 now") as told:
        qs.simulate(week, replications=2, seed=7, resume=file)
    assert len(str(told.value).splitlines()) == 3


def with_member(name: str, array: np.ndarray) -> Callable[[bytes], bytes]:
    """Return what puts another array in the place of one of the archive's."""

    def spoil(content: bytes) -> bytes:
        spoiled = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(spoiled, "w") as new,
        ):
            for member in old.namelist():
                if member != name:
                    new.writestr(member, old.read(member))
            with new.open(name, "w") as stream:
                np.lib.format.write_array(stream, array)
        return spoiled.getvalue()

    return spoil


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


class Bomb:
    """Goes off when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("import builtins; builtins.went_off = True",)


def foreign_archive(_: bytes) -> bytes:
    archive = io.BytesIO()
    np.savez(archive, data=np.arange(3))
    return archive.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: b"my notes on the experiment\n",
        lambda content: content[:-40],
        lambda content: content[: len(content) // 2],
        flipped,
        foreign_archive,
        lambda content: pickle.dumps({"options": 3}),
        with_member("header.npy", np.frombuffer(b"[1, 2]", dtype=np.uint8)),
        with_member("header.npy", np.frombuffer(b'{"format": "other"}', dtype=np.uint8)),
        with_member("header.npy", np.frombuffer(b"\xff\xfe", dtype=np.uint8)),
        with_member("header.npy", np.array([Bomb()])),
        with_member("0/waits.npy", np.zeros((3, 2, 1, 5), dtype=np.int32)),
        with_member("0/contacts.npy", np.zeros(3)),
        with_member("1/group_days.npy", np.zeros((2, 1))),
        with_member("0/contacts.npy", np.array([Bomb()])),
    ],
    ids=[
        "empty",
        "text",
        "end missing",
        "half",
        "one bit",
        "another archive",
        "pickle",
        "header is a list",
        "header of another format",
        "header is no text",
        "header runs code",
        "other bins",
        "other shape",
        "other days",
        "runs code",
    ],
)
def test_what_cannot_be_read_is_refused_and_left_alone(
    spoil: Callable[[bytes], bytes], file: Path
) -> None:
    two = options(2)
    qs.compare(two, replications=3, seed=7, resume=file)
    spoiled = spoil(file.read_bytes())
    file.write_bytes(spoiled)
    with pytest.raises(
        ValueError, match="cannot be read as an experiment of queuesim: it is damaged, or something"
    ):
        qs.compare(two, replications=5, seed=7, resume=file)
    assert file.read_bytes() == spoiled
    assert not hasattr(__builtins__, "went_off")
    assert "went_off" not in vars(__import__("builtins"))


def test_options_of_different_length_are_a_damaged_file(file: Path) -> None:
    day = options(1)
    about = identity({"a": day["people 1"], "b": day["people 1"]}, seed=7, engine="x", routing=None)
    five, six = (qs.simulate(tiny(), replications=n, seed=7).totals for n in (5, 6))
    kept = resume.ResumeFile(file, about)
    kept.write({"a": five, "b": six})
    with pytest.raises(ValueError, match="options with different numbers of replications"):
        kept.read({"a": day["people 1"], "b": day["people 1"]})


def test_the_file_opens_without_pickles_and_tells_what_it_is(file: Path) -> None:
    qs.compare(options(2), replications=3, seed=7, resume=file)
    with np.load(file, allow_pickle=False) as archive:
        about = json.loads(archive["header"].tobytes())
        assert len(archive["0/waits"]) == 3
    assert about["seed"] == 7
    assert qs.Scenario.model_validate(about["options"]["people 2"]) == tiny(2)


def half_width(n: int) -> float:
    return qs.simulate(tiny(), replications=n, seed=7).measure("abandonment").half_width


@pytest.mark.usefixtures("_batches_of_3")
def test_until_stops_where_it_would_have_stopped(file: Path) -> None:
    wanted = half_width(30)
    assert min(half_width(10), half_width(20)) > wanted

    def play(**given: object) -> qs.Result:
        return qs.simulate(
            tiny(),
            replications=90,
            seed=7,
            until={"abandonment": wanted},
            **given,  # type: ignore[arg-type]
        )

    stopped_after(4, play, resume=file)  # at 12
    thirty = qs.simulate(tiny(), replications=30, seed=7)
    assert_same(play(resume=file), thirty)
    assert_same(play(resume=file), thirty)  # and is not played any further
    exact = {"abandonment": wanted * (1 - 1e-9)}
    more = qs.simulate(tiny(), replications=35, seed=7, until=exact, resume=file)
    assert more.replications == 35


def test_until_met_earlier_than_the_file_holds_is_refused(file: Path) -> None:
    qs.simulate(tiny(), replications=43, seed=7, resume=file)
    wanted = {"abandonment": half_width(30)}
    with pytest.raises(
        ValueError,
        match=r"holds 43 replications, but until=.* was met after 30: leave until out, or name",
    ):
        qs.simulate(tiny(), replications=90, seed=7, until=wanted, resume=file)


def test_kept_contacts_do_not_go_with_it(file: Path) -> None:
    with pytest.raises(ValueError, match="resume= does not go with keep_contacts=True: the file"):
        qs.simulate(tiny(), replications=2, keep_contacts=True, resume=file)
    assert not file.exists()


@pytest.mark.usefixtures("_batches_of_3")
def test_the_file_is_written_while_the_work_goes_on(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As often as it is due, by a clock set by hand: a block takes 3 s, so at 6, 12 … s."""
    kept = []
    write = resume.ResumeFile.write
    now = 0.0

    def watched(self: resume.ResumeFile, totals: dict) -> None:
        write(self, totals)
        kept.append(next(iter(totals.values())).n)

    def play(batch: object, real: Callable[..., object] = replicate.play) -> object:
        nonlocal now
        now += 3.0
        return real(batch)

    monkeypatch.setattr(resume.ResumeFile, "write", watched)
    monkeypatch.setattr(resume.time, "monotonic", lambda: now)
    monkeypatch.setattr(replicate, "play", play)
    qs.simulate(tiny(), replications=17, seed=7, resume=file)
    assert kept == [0, 6, 12, 17]


def test_slow_writing_is_done_more_seldom(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that takes 10 s to write is written every 200 s: a twentieth of the time."""
    now = 0.0

    def slow(*_: object) -> None:
        nonlocal now
        now += 10.0
        written.append(now)

    written: list[float] = []
    monkeypatch.setattr(resume, "_write", slow)
    monkeypatch.setattr(resume.time, "monotonic", lambda: now)
    kept = resume.ResumeFile(file, {})
    kept.write({})
    for _ in range(400):
        now += 1.0
        kept.save_if_due({})
    assert written == [10.0, 221.0]


def test_a_file_is_whole_or_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing breaks off half-way: the old file stays, and the work is not lost for it."""
    qs.simulate(tiny(), replications=3, seed=7, resume=file)
    before = file.read_bytes()
    written = 0

    real = np.lib.format.write_array

    def full(stream: object, array: np.ndarray, **_: object) -> None:
        nonlocal written
        written += 1
        if written % 3 == 0:
            raise OSError("no space left on device")
        real(stream, array)

    monkeypatch.setattr(resume.np.lib.format, "write_array", full)
    with pytest.warns(RuntimeWarning, match=r"could not be written \(no space left on device\)"):
        result = qs.simulate(tiny(), replications=5, seed=7, resume=file)
    monkeypatch.undo()
    assert_same(result, qs.simulate(tiny(), replications=5, seed=7))
    assert file.read_bytes() == before
    assert sorted(file.parent.iterdir()) == [file]


def test_a_file_takes_the_place_of_the_old_one_in_one_step(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is written, only the last step fails: nothing of the old file has been touched."""
    qs.simulate(tiny(), replications=3, seed=7, resume=file)
    before = file.read_bytes()

    def refused(*_: object) -> None:
        assert file.read_bytes() == before
        raise PermissionError("in use")

    monkeypatch.setattr(resume.os, "replace", refused)
    with pytest.warns(RuntimeWarning, match="in use"):
        qs.simulate(tiny(), replications=5, seed=7, resume=file)
    assert file.read_bytes() == before
    assert sorted(file.parent.iterdir()) == [file]


def test_a_place_that_cannot_be_written_is_known_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicate, "play", None)
    with pytest.raises(OSError, match="nowhere"):
        qs.simulate(tiny(), replications=3, resume=tmp_path / "nowhere" / "work.npz")
    with pytest.raises(OSError, match="directory"):
        qs.simulate(tiny(), replications=3, resume=tmp_path)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.npz", tmp_path / "link.npz"
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("the system makes no links")
    qs.simulate(tiny(), replications=3, seed=7, resume=link)
    assert link.is_symlink()
    assert real.is_file()
    assert qs.simulate(tiny(), replications=4, seed=7, resume=link).replications == 4


def test_totals_survive_as_arrays_and_go_on_as_before() -> None:
    day = centre(2)
    ten, whole = (qs.simulate(day, replications=n, seed=7, engine="reference") for n in (10, 12))
    again = totals_from(day, {k: a.copy() for k, a in state_of(ten.totals).items()})
    player = ENGINES["reference"].player(day, None)
    for number in (10, 11):
        again.add(player.play(seed=7, replication=number, keep_contacts=False))
    assert_same(qs.Result(again, seed=7, engine="reference"), whole)


def test_the_first_of_many_measure_what_they_measured() -> None:
    ten, whole = (qs.simulate(tiny(), replications=n, seed=7) for n in (10, 25))
    first = qs.Result(first_of(whole.totals, 10), seed=7, engine="reference")
    for measure in ("service_level", "wait_p90", "occupancy", "cost", "asa"):
        assert first.measure(measure) == ten.measure(measure)
    assert whole.totals.n == 25
