"""Random streams that have names, so that adding one never disturbs another.

A stream is known by its name (``support/patience``, ``home/absence``), seed and replication. Within
a stream every calendar day owns a block of 2**64 draws: a day's contacts do not depend on
the days before it, on the length of the horizon, or on the order in which days are drawn.

A stream starts where ``PCG64DXSM(SeedSequence(seed, spawn_key=(*name_key(name), replication)))`` of
NumPy starts: O'Neill's seed sequence (2015, "Developing a seed_seq alternative") spreads the seed,
the name and the replication over the state.
"""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
from numpy.typing import NDArray

from queuesim.compiling import called, compiled, inlined
from queuesim.sampling.generator import MULTIPLIER, Generator, Word, multiply_add, uniform

Words = NDArray[np.uint64]

_WORD_BITS = 32
_POOL = 4
_MODULUS = 1 << 128
_DAY_BLOCK = 1 << 64

_MASK = Word((1 << _WORD_BITS) - 1)
_HALF, _HIGH = Word(16), Word(_WORD_BITS)
_INIT_IN, _TIMES_IN = Word(0x43B0D7E5), Word(0x931E8875)
_INIT_OUT, _TIMES_OUT = Word(0x8B51F9DD), Word(0x58F38DED)
_MIX_LEFT, _MIX_RIGHT = Word(0xCA01F9DD), Word(0x4973F715)
_START_HIGH, _START_LOW = Word(0x2360ED051FC65DA4), Word(0x4385DF649FCCF645)
_NONE, _ONE, _TOP = Word(0), Word(1), Word(63)


def name_key(name: str) -> tuple[int, int, int, int]:
    """Return four 32-bit words that stand for a stream's name on every machine and for ever."""
    digest = hashlib.blake2b(name.encode("utf-8"), digest_size=16).digest()
    first, second, third, fourth = (int(word) for word in np.frombuffer(digest, dtype="<u4"))
    return first, second, third, fourth


def words_of(number: int, at_least: int = 1) -> Words:
    """Return a number >= 0 as 32-bit words, the lowest first, uint64[at_least or more]."""
    if number < 0:
        raise ValueError(f"{number}: a seed or a replication must be 0 or more")
    words: list[int] = []
    while number or len(words) < at_least:
        number, word = divmod(number, 1 << _WORD_BITS)
        words.append(word)
    return np.array(words, dtype=np.uint64)


def seed_words(seed: int) -> Words:
    """Return the words of a seed, filled up so that a name cannot stand for a part of it."""
    return words_of(seed, at_least=_POOL)


def day_steps(first: date, days: int) -> Words:
    """Return how a generator steps from its start to the first draw of each of some days.

    n steps are state × a**n + increment × (a**n - 1) ÷ (a - 1), modulo 2**128 (Brown 1994, "Random
    number generation with arbitrary strides").

    Returns
    -------
    uint64[days, 4]
        What multiplies the state, and what the increment, high word first.
    """
    powers, sums = _steps(first.toordinal() * _DAY_BLOCK)
    day_powers, day_sums = _steps(_DAY_BLOCK)
    steps = np.empty((days, 4), dtype=np.uint64)
    for day in range(days):
        steps[day] = (*divmod(powers, _DAY_BLOCK), *divmod(sums, _DAY_BLOCK))
        powers, sums = powers * day_powers % _MODULUS, (sums * day_powers + day_sums) % _MODULUS
    return steps


def _steps(n: int) -> tuple[int, int]:
    multiplier = int(MULTIPLIER)
    power = pow(multiplier, n, (multiplier - 1) * _MODULUS)
    return power % _MODULUS, (power - 1) // (multiplier - 1) % _MODULUS


@compiled
def start_streams(
    seed: Words, names: Words, replication: Words, words: Words, starts: Words
) -> None:
    """Set every stream to its first draw.

    Parameters
    ----------
    seed : uint64[4 or more]
        From `seed_words`.
    names : uint64[streams, 4]
        From `name_key`.
    replication : uint64[1 or more]
        From `words_of`.
    words : uint64[8]
        To work in.
    starts : uint64[streams, 4]
        Is filled: state and increment of each stream, high word first.
    """
    length = len(seed) + _POOL + len(replication)
    for stream in range(len(names)):
        pool = starts[stream]
        times = _INIT_IN
        for k in range(_POOL):
            pool[k], times = _hashed(seed[k], times, _TIMES_IN)
        for source in range(_POOL):
            for target in range(_POOL):
                if source != target:
                    word, times = _hashed(pool[source], times, _TIMES_IN)
                    pool[target] = _mixed(pool[target], word)
        for k in range(_POOL, length):
            if k < len(seed):
                entropy = seed[k]
            elif k < len(seed) + _POOL:
                entropy = names[stream, k - len(seed)]
            else:
                entropy = replication[k - len(seed) - _POOL]
            for target in range(_POOL):
                word, times = _hashed(entropy, times, _TIMES_IN)
                pool[target] = _mixed(pool[target], word)
        # twice through the pool: first the state, then the sequence, high words first
        times = _INIT_OUT
        for k in range(2 * _POOL):
            words[k], times = _hashed(pool[k % _POOL], times, _TIMES_OUT)
        high, low = words[0] | words[1] << _HIGH, words[2] | words[3] << _HIGH
        sequence_high, sequence_low = words[4] | words[5] << _HIGH, words[6] | words[7] << _HIGH
        # The increment is odd; one step from 0 leads to it, the state is added, then one step more,
        # which in NumPy goes by the long multiplier of PCG64.
        add_high = sequence_high << _ONE | sequence_low >> _TOP
        add_low = sequence_low << _ONE | _ONE
        high, low = multiply_add(high, low, _NONE, _ONE, add_high, add_low)
        high, low = multiply_add(high, low, _START_HIGH, _START_LOW, add_high, add_low)
        pool[0], pool[1], pool[2], pool[3] = high, low, add_high, add_low


@inlined
def _hashed(value: Word, times: Word, factor: Word) -> tuple[Word, Word]:
    """Return a 32-bit word hashed, and the multiplier for the next."""
    value ^= times
    times = times * factor & _MASK
    value = value * times & _MASK
    return value ^ value >> _HALF, times


@inlined
def _mixed(one: Word, other: Word) -> Word:
    value = (_MIX_LEFT * one - _MIX_RIGHT * other) & _MASK
    return value ^ value >> _HALF


@called
def on_day(starts: Words, stream: int, steps: Words, day: int) -> Generator:
    """Return the generator of a stream, set to its first draw of a day.

    Parameters
    ----------
    starts : uint64[streams, 4]
        From `start_streams`.
    stream : int
    steps : uint64[days, 4]
        From `day_steps`.
    day : int
    """
    add_high, add_low = starts[stream, 2], starts[stream, 3]
    high, low = multiply_add(add_high, add_low, steps[day, 2], steps[day, 3], _NONE, _NONE)
    high, low = multiply_add(
        starts[stream, 0], starts[stream, 1], steps[day, 0], steps[day, 1], high, low
    )
    return high, low, add_high, add_low


@compiled
def draw_daily(
    starts: Words, streams: NDArray[np.int64], steps: Words, drawn: NDArray[np.float64]
) -> None:
    """Draw one uniform a day from each of some streams.

    Parameters
    ----------
    starts : uint64[all streams, 4]
    streams : int64[streams]
        Which.
    steps : uint64[days, 4]
    drawn : float64[streams, days]
        Is filled.
    """
    for k in range(len(streams)):
        for day in range(len(steps)):
            drawn[k, day], _ = uniform(on_day(starts, streams[k], steps, day))
