"""Kernels: functions told for the machine, compiled once and kept for the next process.

Numba compiles a kernel the first time it is called and keeps the machine code in a folder of its
own for each version of the sources, so that a change in one module is never answered by code that
another module left behind. The folder is the user's cache; where that cannot be written, a private
folder among the temporary files; where there is none either, kernels are compiled in each process.
A folder named in NUMBA_CACHE_DIR comes before all of these.

Compiling holds a lock of the whole process: threads would wait for one another. So kernels that do
not call each other are compiled by several processes at once, and meet in that folder. Each of them
writes a file elsewhere and moves it into place, so that nobody reads half of one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding
import numba
import numpy as np
import platformdirs

from queuesim.unsigned_indices import UnsignedIndices

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parent
_USES_THIS = b"from queuesim.compiling import"


_config: Any = numba.config
_njit: Any = partial(
    numba.njit,
    nogil=True,
    error_model="numpy",
    _nrt=False,  # nothing is allocated, and no references are counted in the innermost loop
    no_cfunc_wrapper=True,
    pipeline_class=UnsignedIndices,
)


def inlined(part: Kernel) -> Kernel:
    """Compile a function into every kernel that calls it; see `compiled`.

    For what is called in a kernel's innermost loop, where passing arrays costs more than the work.
    """
    return cast("Kernel", _njit(forceinline=True, no_cpython_wrapper=True)(part))


def called(part: Kernel) -> Kernel:
    """Compile a function once for all kernels that call it; see `compiled`.

    For what happens seldom, or to few contacts: it costs a call, and is compiled only once.
    """
    return cast("Kernel", _njit(no_cpython_wrapper=True)(part))


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function of arrays and numbers when it is first called.

    It runs without holding the interpreter's lock, so that threads run side by side, and makes no
    arrays: all it writes is passed in. Dividing by zero follows IEEE 754, as in NumPy. No index may
    be negative. Setting NUMBA_BOUNDSCHECK=1 before the first import checks every index.

    Parameters
    ----------
    kernel : callable
        Uses only arrays, records, tuples of them and numbers.

    Returns
    -------
    callable
        The same function, compiled.
    """
    folder = kept_in()
    before = _config.CACHE_DIR
    try:
        if folder is not None:
            _config.CACHE_DIR = str(folder)
            return cast("Kernel", _njit(cache=True)(kernel))
    except RuntimeError:  # numba found no place for this file after all
        pass
    finally:
        _config.CACHE_DIR = before
    return cast("Kernel", _njit()(kernel))


@cache
def kept_in() -> Path | None:
    """Return the folder in which compiled kernels are kept; None if there is none to write in."""
    given = _config.CACHE_DIR
    if given:
        return Path(given)
    name = _fingerprint()
    for parent in (_user_folder(), _temporary_folder()):
        if parent is not None and _can_write(parent / name):
            return parent / name
    return None


def are_kept(*kinds: str) -> bool:
    """Whether nothing has to be compiled for what will run, as far as was noted.

    Parameters
    ----------
    *kinds : str
        See `announce`.
    """
    folder = kept_in()
    known = folder is not None and all(mark.exists() for mark in _marks(folder, kinds))
    return bool(_config.DISABLE_JIT) or known


def announce(*kinds: str) -> bool:
    """Say in one line on stderr when kernels must be compiled first, or cannot be kept.

    Parameters
    ----------
    *kinds : str
        Names of what will run: each needs kernels compiled for it. None: all are alike.

    Returns
    -------
    bool
        Whether they must.
    """
    if are_kept(*kinds):
        return False
    folder = kept_in()
    if folder is None:
        text = (
            "queuesim: compiling in this process, some seconds: there is no folder to keep the "
            "result in (name one in NUMBA_CACHE_DIR)"
        )
    else:
        text = f"queuesim: compiling once for this machine, some seconds; kept in {folder}"
    print(text, file=sys.stderr)
    return True


def compile_side_by_side(parts: Sequence[Callable[[], None]]) -> None:
    """Let this process and others compile at the same time, where that is possible.

    Each takes the next part that nobody has taken, until there is none. Nothing depends on it: what
    is not compiled afterwards is compiled when it is called. Processes that fail are not missed,
    and those that take twice as long as this one are ended. Done once in a process for the same
    parts, and by one process at a time.

    Parameters
    ----------
    parts : sequence of callables
        Functions of modules, that call kernels: those first that take longest to compile. The first
        is called in this process.
    """
    folder, python, spare = kept_in(), _python(), _cores() - 1
    names = tuple(f"{each.__module__}:{each.__qualname__}" for each in parts)
    with _at_once:
        if names in _tried or folder is None or python is None or spare < 1:
            return
        _tried.append(names)
        with _alone_in(folder) as taken:
            if taken is None:
                return
            others = range(min(spare, len(names) - 1))
            children = [_child(python, folder, taken, names[1:]) for _ in others]
            try:
                if any(children):
                    began = time.monotonic()
                    _call(str(taken), names)
                    took = time.monotonic() - began
                    _wait(children, until=began + took + max(took, _WAIT_S))
            finally:
                for child in filter(None, children):
                    child.kill()
                    child.wait()


_at_once = threading.Lock()
_tried: list[tuple[str, ...]] = []
_WAIT_S = 5.0
"""For others this is waited at least, also where nearly everything was kept already [s]."""

_STALE_S = 120.0
_IN_A_CHILD = (
    "import sys; taken, what, *sys.path = sys.argv[1:]; "
    "from queuesim.compiling import _call; _call(taken, what.split())"
)


def _child(
    python: str, folder: Path, taken: Path, names: Sequence[str]
) -> subprocess.Popen[bytes] | None:
    """Start a process that calls functions and leaves what it compiles in the folder."""
    try:
        return subprocess.Popen(
            # what can be imported here can be imported there
            [python, "-c", _IN_A_CHILD, str(taken), " ".join(names), *map(str, sys.path)],
            env=os.environ | {"NUMBA_CACHE_DIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError):  # not allowed here
        return None


def _call(taken: str, names: Sequence[str]) -> None:
    """Call functions that no other process has taken, one after the other."""
    for name in names:
        try:
            (Path(taken) / name.replace(":", "-")).touch(exist_ok=False)
        except OSError:
            continue
        module, _, function = name.partition(":")
        with suppress(Exception):  # it will come again where it can be understood
            getattr(import_module(module), function)()


def _wait(children: Sequence[subprocess.Popen[bytes] | None], until: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        for child in filter(None, children):
            child.wait(max(0.0, until - time.monotonic()))


@contextmanager
def _alone_in(folder: Path) -> Iterator[Path | None]:
    """Make a place to note in what is taken; None if another process has one for this folder."""
    place = folder / f"compiling-{_fingerprint()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            if time.time() - place.stat().st_mtime > _STALE_S:  # whoever made it was killed
                shutil.rmtree(place)
        place.mkdir()
    except OSError:
        yield None
        return
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _python() -> str | None:
    """Return what runs Python; None where that is part of a program of another kind."""
    path = sys.executable or ""
    own = not getattr(sys, "frozen", False) and Path(path).name.lower().startswith("python")
    return path if own else None


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def everything_is_kept(*kinds: str) -> None:
    """Note that all kernels have been compiled, so that the next process need not say so.

    Parameters
    ----------
    *kinds : str
        What has run: see `announce`.
    """
    folder = kept_in()
    if folder is None:
        return
    for mark in _marks(folder, kinds):
        if not mark.exists():
            with suppress(OSError):  # only a note
                folder.mkdir(parents=True, exist_ok=True)
                mark.touch()


def _marks(folder: Path, kinds: Sequence[str]) -> list[Path]:
    names = [f"-{kind}" for kind in kinds] or [""]
    return [folder / f"complete-{_fingerprint()}{name}" for name in names]


@cache
def _fingerprint() -> str:
    """Return a name for these sources on this kind of machine."""
    digest = hashlib.blake2b(digest_size=8)
    # a kernel holds constants of other modules: count in every package that has one
    sources = {path: path.read_bytes() for path in sorted(_PACKAGE.rglob("*.py"))}
    homes = {_home(path) for path, text in sources.items() if _USES_THIS in text}
    for path, text in sources.items():
        if path.parent == _PACKAGE or _home(path) in homes:
            digest.update(text)
    for what in (
        sys.version,
        numba.__version__,
        np.__version__,
        llvmlite.binding.get_host_cpu_name(),
        str(_config.BOUNDSCHECK),
    ):
        digest.update(what.encode())
    return digest.hexdigest()


def _home(path: Path) -> str:
    """Return the package of a module: `engines`, say."""
    return path.relative_to(_PACKAGE).parts[0]


def _user_folder() -> Path | None:
    try:
        return platformdirs.user_cache_path("queuesim", appauthor=False)
    except (OSError, RuntimeError):  # no home
        return None


def _temporary_folder() -> Path | None:
    """Return a folder among the temporary files that nobody else can have put code into."""
    owner = os.getuid() if hasattr(os, "getuid") else None
    try:
        folder = Path(tempfile.gettempdir()) / f"queuesim-{'me' if owner is None else owner}"
        folder.mkdir(mode=0o700, exist_ok=True)
        about = folder.lstat()
    except OSError:
        return None
    private = owner is None or (about.st_uid == owner and not about.st_mode & 0o022)
    return folder if private and not folder.is_symlink() else None


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
