"""Kernels are compiled once and kept, wherever there is a place to keep them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from queuesim import compiling

PLAY = """
import queuesim.compiling as compiling
{first}
import numpy as np
from queuesim.compiling import announce, compiled, everything_is_kept, kept_in
announce()
@compiled
def total(values):
    found = 0.0
    for value in values:
        found += value
    return found
assert total(np.arange(4.0)) == 6.0
everything_is_kept()
announce()
print(kept_in())
"""

PACKAGE = Path(compiling.__file__).parent

needs_jit = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled"
)


def play(tmp_path: Path, first: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Compile and call a small kernel in a process of its own."""
    script = tmp_path / "play.py"
    script.write_text(PLAY.format(first=first), encoding="utf-8")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    return subprocess.run(
        [sys.executable, str(script)],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )


@needs_jit
def test_the_first_process_says_so_and_the_next_is_silent(tmp_path: Path) -> None:
    home = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    first, second = play(tmp_path, **home), play(tmp_path, **home)
    (said,) = first.stderr.splitlines()
    assert "compiling once for this machine" in said
    assert second.stderr == ""
    folder = Path(first.stdout.strip())
    assert folder == Path(second.stdout.strip())
    assert list(folder.rglob("*.nbi")), "nothing was kept"


@needs_jit
def test_without_a_home_kernels_are_kept_among_temporary_files(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    (tmp_path / "tmp").mkdir()
    elsewhere = {
        "XDG_CACHE_HOME": str(blocked / "cache"),
        "HOME": str(blocked / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
    }
    done = play(tmp_path, **elsewhere)
    assert Path(done.stdout.strip()).is_relative_to(tmp_path / "tmp")


@needs_jit
def test_without_any_folder_kernels_are_compiled_in_each_process(tmp_path: Path) -> None:
    done = play(tmp_path, first="compiling._can_write = lambda folder: False")
    assert done.stdout.strip() == "None"
    assert "compiling in this process" in done.stderr
    assert "NUMBA_CACHE_DIR" in done.stderr


@needs_jit
def test_a_folder_named_by_the_user_comes_first(tmp_path: Path) -> None:
    done = play(tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "mine"))
    assert done.stdout.strip() == str(tmp_path / "mine")
    assert list((tmp_path / "mine").rglob("*.nbi"))


SMALL_RUN = """
import sys, tempfile
if "nowhere" in sys.argv:
    tempfile._candidate_tempdir_list = lambda: ["/nowhere/at/all"]
import queuesim as qs
phone = qs.ContactType(name="phone", channel="phone", demand=qs.Demand(per_day=40),
                       talk=qs.Exponential(mean="3min"))
team = qs.AgentGroup(name="team", skills=("phone",), headcount=2, contract=qs.InHouse(per_hour=9.0))
day = qs.Horizon(start="2026-11-23", days=1)
small = qs.Scenario(name="small", contact_types=(phone,), agent_groups=(team,), horizon=day)
result = qs.simulate(small, replications=2, seed=7)
print(qs.__file__, result.replications, result.engine)
"""


@needs_jit
@pytest.mark.parametrize(
    ("place", "said"),
    [("temporary", "compiling once for this machine"), ("nowhere", "compiling in this process")],
)
def test_an_installation_that_cannot_be_written_to_simulates(
    tmp_path: Path, place: str, said: str
) -> None:
    site, blocked = tmp_path / "site", tmp_path / "a file"
    blocked.touch()
    shutil.copytree(PACKAGE, site / "queuesim", ignore=shutil.ignore_patterns("__pycache__"))
    folders = [site / "queuesim", *(each for each in site.rglob("*") if each.is_dir())]
    for folder in folders:
        (folder / "__pycache__").touch()  # nothing can be kept there, not even by root
        folder.chmod(0o555)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "run.py").write_text(SMALL_RUN, encoding="utf-8")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    told = {"PYTHONPATH": str(site), "HOME": str(blocked / "home"), "TMPDIR": str(tmp_path / "tmp")}
    told["NUMBA_OPT"] = "1"  # this is not about speed
    try:
        done = subprocess.run(
            [sys.executable, str(tmp_path / "run.py"), place],
            env=inherited | told,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(site / "queuesim" / "__init__.py"), "2", "compiled"]
    assert [said in line for line in done.stderr.splitlines()] == [True], done.stderr
    assert bool(list((tmp_path / "tmp").rglob("*.nbi"))) == (place == "temporary")


PARTS = """
import os, sys, time
from pathlib import Path
import numpy as np
from queuesim.compiling import compiled

@compiled
def least(values):
    found = values[0]
    for value in values:
        found = value if value < found else found
    return found

@compiled
def most(values):
    found = values[0]
    for value in values:
        found = value if value > found else found
    return found

def call_least():
    least(np.arange(4.0))

def call_most():
    Path(__file__).with_name(f"calls-{os.getpid()}").touch()
    most(np.arange(4.0))

def call_least_later():
    for _ in range(600):
        if list(Path(__file__).parent.glob("calls-*")):
            break
        time.sleep(0.1)
    call_least()

def wait():
    Path(__file__).with_name(f"waits-{os.getpid()}").touch()
    time.sleep(600)

def wait_too():
    wait()
"""

SIDE_BY_SIDE = """
import sys
import queuesim.compiling as compiling
compiling._cores, compiling._WAIT_S = lambda: 2, {wait_s}
{first}
import parts
compiling.compile_side_by_side([{parts}])
parts.call_most()
parts.call_least()
print(sum(parts.most.stats.cache_hits.values()), sum(parts.most.stats.cache_misses.values()))
"""


def play_parts(
    tmp_path: Path,
    first: str = "",
    parts: str = "parts.call_least_later, parts.call_most",
    *,
    wait_s: float = 60.0,
    wait: bool = True,
) -> subprocess.Popen[str]:
    """Compile two kernels side by side in a process of its own, and say where one came from."""
    (tmp_path / "parts.py").write_text(PARTS, encoding="utf-8")
    script = tmp_path / "play_parts.py"
    told = {"first": first, "parts": parts, "wait_s": wait_s}
    script.write_text(SIDE_BY_SIDE.format(**told), encoding="utf-8")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    done = subprocess.Popen(
        [sys.executable, str(script)],
        env=inherited | {"NUMBA_CACHE_DIR": str(tmp_path / "kept")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if wait:
        done.wait(120)
    return done


def where_from(done: subprocess.Popen[str]) -> str:
    said, complaints = done.communicate()
    assert done.returncode == 0, complaints
    assert complaints == ""
    return {"1 0": "another process", "0 1": "here"}[said.strip()]


@needs_jit
def test_what_another_process_compiles_is_found_here(tmp_path: Path) -> None:
    assert where_from(play_parts(tmp_path)) == "another process"


@needs_jit
@pytest.mark.parametrize(
    "first",
    [
        "sys.executable = ''",
        "sys.executable = None",
        "sys.executable = '/nowhere/python'",
        "sys.executable = '/bin/true'",  # a program that has Python inside
        "sys.frozen = True",
        "compiling._cores = lambda: 1",
        "compiling.kept_in = lambda: None",
        "compiling._IN_A_CHILD = 'raise SystemExit(1)'",
        "compiling._IN_A_CHILD = 'import os; os.abort()'",
        "compiling._IN_A_CHILD = 'import time; time.sleep(600)'",
    ],
)
def test_without_another_process_all_is_compiled_here(tmp_path: Path, first: str) -> None:
    parts = "parts.call_least, parts.call_most"
    assert where_from(play_parts(tmp_path, first, parts, wait_s=1.0)) == "here"


@needs_jit
def test_others_are_started_by_one_process_at_a_time(tmp_path: Path) -> None:
    sign = f"compiling-{compiling._fingerprint()}"
    (tmp_path / "kept" / sign).mkdir(parents=True)
    assert where_from(play_parts(tmp_path, parts="parts.call_least, parts.wait")) == "here"
    assert not list(tmp_path.glob("waits-*"))
    assert (tmp_path / "kept" / sign).exists()


@needs_jit
def test_the_sign_of_a_process_that_was_killed_is_taken_away(tmp_path: Path) -> None:
    sign = tmp_path / "kept" / f"compiling-{compiling._fingerprint()}"
    sign.mkdir(parents=True)
    (sign / "parts-call_most").touch()
    os.utime(sign, (0, 0))
    assert where_from(play_parts(tmp_path)) == "another process"
    assert not sign.exists()


@needs_jit
@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_ctrl_c_ends_the_others(tmp_path: Path) -> None:
    begun = play_parts(
        tmp_path,
        parts="parts.wait, parts.wait_too",
        wait=False,
    )
    for _ in range(600):
        waiting = {int(each.name.partition("-")[2]) for each in tmp_path.glob("waits-*")}
        if len(waiting) == 2:
            break
        time.sleep(0.1)
    begun.send_signal(signal.SIGINT)
    _, complaints = begun.communicate(timeout=60)
    assert complaints.strip().endswith("KeyboardInterrupt")
    (child,) = waiting - {begun.pid}
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@needs_jit
def test_two_processes_may_start_at_once(tmp_path: Path) -> None:
    both = [play_parts(tmp_path, wait=False) for _ in range(2)]
    for each in both:
        said, complaints = each.communicate(timeout=120)
        assert (each.returncode, complaints) == (0, "")
        assert said.strip() in ("1 0", "0 1")
    assert where_from(play_parts(tmp_path)) == "another process"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners of files here")
def test_a_temporary_folder_that_others_may_write_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = compiling._temporary_folder()
    assert folder is not None
    folder.chmod(0o777)
    assert compiling._temporary_folder() is None


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, queuesim; print([m for m in ('numba', 'pandas', 'simpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


INDICES = """
import numpy as np
from queuesim.compiling import called, compiled

@called
def entry(table, row, column):
    return table[row, column]

@compiled
def look(values, table, records, where):
    values[where] += 1.0
    records[where]["n"] = 7
    part = values[1:]
    return values[where] + entry(table, where, where - 1) + part[0] + records[where].n

values, table = np.arange(3.0), np.arange(9.0).reshape(3, 3)
records = np.zeros(3, dtype=[("n", "i4")])
assert look(values, table, records, 2) == 3.0 + 7.0 + 1.0 + 7.0
assert look(values, table, records, np.int32(1)) == 2.0 + 3.0 + 2.0 + 7.0
assert values.tolist() == [0.0, 2.0, 3.0] and records["n"].tolist() == [0, 7, 7]
try:
    {wrong}
    print("no error")
except IndexError:
    print("IndexError")
"""


@needs_jit
@pytest.mark.parametrize("where", ["-1", "0", "3"])  # 0 leads to -1 in the second place
def test_an_index_below_zero_is_an_error_where_indices_are_checked(
    tmp_path: Path, where: str
) -> None:
    script = tmp_path / "indices.py"
    script.write_text(
        INDICES.replace("{wrong}", f"look(values, table, records, {where})"), encoding="utf-8"
    )
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path / "c")}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["IndexError"]


@needs_jit
def test_kernels_count_on_indices_that_are_not_negative() -> None:
    """The machine code of a kernel that looks one entry up has no comparison in it."""
    import numba
    import numpy as np

    def entry(values: np.ndarray, where: int) -> float:
        return float(values[where])

    signature = numba.float64(numba.float64[::1], numba.int64)
    ours, numbas = compiling.compiled(entry), numba.njit(entry)
    for each in (ours, numbas):
        each.compile(signature)
    first = ours.inspect_llvm(ours.signatures[0]), numbas.inspect_llvm(numbas.signatures[0])
    assert [
        " icmp slt i64 " in code.partition("define ")[2].partition("}")[0] for code in first
    ] == [False, True]
