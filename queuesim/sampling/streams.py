"""Random streams that have names, so that adding one never disturbs another.

A stream is known by its name (``support/patience``, ``home/absence``), seed and replication. Within
a stream every calendar day owns a block of 2**64 draws: a day's contacts do not depend on
the days before it, on the length of the horizon, or on the order in which days are drawn.
"""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np

_DAY_BLOCK = 1 << 64


class Stream:
    """One named source of chance.

    Parameters
    ----------
    name : str
        What the draws are for, for example ``"support/patience"``.
    seed : int
        The experiment's seed, >= 0.
    replication : int
        The replication's number, >= 0.

    Examples
    --------
    >>> from datetime import date
    >>> talk = Stream("support/talk", seed=7, replication=0)
    >>> few = talk.on_day(date(2026, 11, 23)).random(2)
    >>> many = talk.on_day(date(2026, 11, 23)).random(5)
    >>> bool((few == many[:2]).all())
    True
    """

    def __init__(self, name: str, seed: int, replication: int) -> None:
        self.name = name
        sequence = np.random.SeedSequence(seed, spawn_key=(*name_key(name), replication))
        self._bits = np.random.PCG64DXSM(sequence)
        self._start = self._bits.state
        self._generator = np.random.Generator(self._bits)

    def on_day(self, day: date) -> np.random.Generator:
        """Return the stream's generator, set to the first draw of a calendar day."""
        self._bits.state = self._start
        self._bits.advance(day.toordinal() * _DAY_BLOCK)
        return self._generator


class Streams:
    """All streams of one replication, made when first asked for.

    Parameters
    ----------
    seed, replication : int
        As for `Stream`.
    """

    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication
        self._made: dict[str, Stream] = {}

    def __getitem__(self, name: str) -> Stream:
        if name not in self._made:
            self._made[name] = Stream(name, self.seed, self.replication)
        return self._made[name]


def name_key(name: str) -> tuple[int, int, int, int]:
    """Return four 32-bit words that stand for a stream's name on every machine and for ever."""
    digest = hashlib.blake2b(name.encode("utf-8"), digest_size=16).digest()
    first, second, third, fourth = (int(word) for word in np.frombuffer(digest, dtype="<u4"))
    return first, second, third, fourth
