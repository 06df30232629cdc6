"""A file from which an experiment goes on: what was finished, and which experiment it is of.

A NumPy archive without pickles, so that reading one that somebody else sent runs nothing: a header
in JSON (version, engine, routing, seed, the options in full) and the sums of every option. It is
written beside itself and then put in place, so that there is a whole file at any time.
"""

from __future__ import annotations

import json
import os
import time
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queuesim import __version__
from queuesim.engines.routing import Routing
from queuesim.experiments.differs import differences
from queuesim.model import Scenario
from queuesim.results import Totals
from queuesim.results.archive import state_of, totals_from

_FORMAT = "queuesim experiment 2"
_EVERY_S = 5.0
_SHARE_OF_TIME = 0.05
_HEADER = "header"


def identity(
    options: Mapping[str, Scenario], *, seed: int, engine: str, routing: Routing | None
) -> dict[str, Any]:
    """Return what tells one experiment from another, as plain values.

    Parameters
    ----------
    options : mapping of str to Scenario
    seed : int
    engine : str
        Name of the engine that plays.
    routing : callable or None
        Known by its name only: a change inside it is not noticed.
    """
    called = None
    if routing is not None:
        kind = routing if hasattr(routing, "__qualname__") else type(routing)
        called = f"{kind.__module__}.{kind.__qualname__}"
    return {
        "format": _FORMAT,
        "queuesim": __version__,
        "engine": engine,
        "routing": called,
        "seed": seed,
        "options": {
            str(name): json.loads(scenario.model_dump_json()) for name, scenario in options.items()
        },
    }


class ResumeFile:
    """Keeps an experiment's totals on disk.

    Parameters
    ----------
    path : str or os.PathLike
        The file; it need not exist, its folder must.
    about : dict
        Which experiment, see `identity`.
    """

    def __init__(self, path: str | os.PathLike[str], about: dict[str, Any]) -> None:
        self.path = Path(path)
        self.about = about
        self._saved = time.monotonic()
        self._pause = _EVERY_S

    def read(self, options: Mapping[str, Scenario]) -> dict[str, Totals] | None:
        """Return the totals in the file; None when there is no file yet.

        Raises
        ------
        ValueError
            When the file is damaged, is something else, or is of another experiment. It is left
            as it is.
        """
        try:
            arrays = _read(self.path)
            about = json.loads(arrays.pop(_HEADER).tobytes())
            if about["format"] != _FORMAT:
                raise ValueError(f"format {about['format']!r}, not {_FORMAT!r}")
            lines = differences(about, self.about)
        except FileNotFoundError:
            return None
        except _UNREADABLE as error:
            raise self._not_ours(error) from error
        if lines:
            listed = "\n  ".join(lines)
            raise ValueError(
                f"{self.path} holds another experiment, and is left as it is. It differs in\n"
                f"  {listed}\nName another file, or ask for what this one holds."
            )
        totals = {}
        try:
            for name, scenario in options.items():
                number = list(about["options"]).index(str(name))
                totals[name] = totals_from(scenario, _under(f"{number}/", arrays))
            if len({total.n for total in totals.values()}) > 1:
                raise ValueError("options with different numbers of replications")
        except _UNREADABLE as error:
            raise self._not_ours(error) from error
        return totals

    def write(self, totals: Mapping[str, Totals]) -> None:
        """Write the totals, in place of what was there.

        Raises
        ------
        OSError
            When the file cannot be written; what was there stays.
        """
        start = time.monotonic()
        arrays = {_HEADER: np.frombuffer(json.dumps(self.about).encode(), dtype=np.uint8)}
        for k, total in enumerate(totals.values()):
            for key, array in state_of(total).items():
                arrays[f"{k}/{key}"] = array
        _write(self.path, arrays)
        self._saved = time.monotonic()
        self._pause = max(_EVERY_S, (self._saved - start) / _SHARE_OF_TIME)

    def save(self, totals: Mapping[str, Totals]) -> bool:
        """Write the totals and return True; where that fails, warn: work is not lost for it."""
        try:
            self.write(totals)
        except OSError as error:
            self._saved = time.monotonic()
            warnings.warn(
                f"{self.path} could not be written ({error}); what it held before is still there",
                RuntimeWarning,
                stacklevel=2,
            )
            return False
        return True

    def save_if_due(self, totals: Mapping[str, Totals]) -> None:
        """Write the totals, when the last time is some seconds ago."""
        if time.monotonic() - self._saved > self._pause:
            self.save(totals)

    def _not_ours(self, error: Exception) -> ValueError:
        reason = str(error) or type(error).__name__
        return ValueError(
            f"{self.path} cannot be read as an experiment of queuesim: it is damaged, or something "
            f"else ({reason}). It is left as it is; name another file."
        )


_UNREADABLE = (
    *(ValueError, KeyError, TypeError, EOFError, IndexError),
    *(zipfile.BadZipFile, zlib.error),
)


def _under(start: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {key.removeprefix(start): a for key, a in arrays.items() if key.startswith(start)}


def _read(path: Path) -> dict[str, NDArray[Any]]:
    """Read all arrays of an archive, their check sums included; never a pickle."""
    with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        arrays = {}
        for name in archive.namelist():
            with archive.open(name) as member:
                array = np.lib.format.read_array(member, allow_pickle=False)
                if member.read(1):
                    raise ValueError(f"{name} is longer than it says")
            arrays[name.removesuffix(".npy")] = array
        return arrays


def _write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an archive that `numpy.load` reads, whole or not at all."""
    place = Path(os.path.realpath(path))
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name, array in arrays.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, place)
    finally:
        beside.unlink(missing_ok=True)
