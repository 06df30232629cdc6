"""Shifts: who works when, by the local clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from queuesim.model.base import Model
from queuesim.model.days import (
    DAYS,
    HOLIDAY,
    ClockRangeText,
    ClockText,
    DaysText,
    format_clock_range,
    parse_clock,
    parse_clock_range,
    parse_days,
)
from queuesim.model.faults import Fault
from queuesim.model.fields import Count, CountFromOne, Duration, Flag, Many, Name
from queuesim.units import DAY_S, format_duration


class Shift(Model):
    """A shift: who works when, by the local clock.

    Shifts of one name are worked by the same people: ``early`` on Monday to Thursday and ``early``
    on Friday may differ in hours, and the people are the same.

    Parameters
    ----------
    name
        Name of the shift, and of the people who work it.
    days
        Days on which it starts: ``"mon-fri"``, ``"sat,sun"``, ``"holiday"``. A holiday is worked
        like its weekday, unless a shift of the same name names ``holiday``: then only that one is
        worked (with headcount 0: nobody is).
    start, end
        Times of day; the end may pass midnight.
    headcount
        People, 0 or more.
    breaks
        Stretches without work: ``("12:00-12:30",)``.
    paid_breaks
        Whether breaks are paid.
    waves
        In how many turns the people take their breaks; 1: all at once. Person 0, 1, 2, … of the
        shift goes with wave 0, 1, 2, …, and after the last wave comes the first again.
    stagger
        By how much the breaks of each next wave are later than stated, in whole seconds [s]. 0:
        each by its own length, so that a wave goes when the one before it is back.

    Examples
    --------
    >>> early = Shift(name="early", start="07:00", end="15:00", headcount=12,
    ...               breaks=("11:00-11:30",), waves=3)
    >>> [format_clock_range(*early.break_spans_of(wave)[0]) for wave in range(3)]
    ['11:00-11:30', '11:30-12:00', '12:00-12:30']
    """

    name: Name
    days: DaysText = "mon-fri"
    start: ClockText = "08:00"
    end: ClockText = "16:30"
    headcount: Count
    breaks: Many[ClockRangeText] = ()
    paid_breaks: Flag = False
    waves: CountFromOne = 1
    stagger: Duration = 0.0

    def _check(self) -> Iterator[Fault]:
        if parse_clock(self.start) == DAY_S:
            yield Fault("must be before the end of the day", 'write "00:00"', ("start",))
            return
        if self.start == self.end:
            yield Fault("must differ from start", 'the whole day is "00:00" to "24:00"', ("end",))
            return
        ends: list[tuple[int, int]] = []
        wrong = False
        for index, text in enumerate(self.breaks):
            begin, end = self._on_shift(text)
            at = ("breaks", str(index))
            if begin < self.span[0] or end > self.span[1]:
                yield Fault(
                    f"must lie within the shift, {self.start}-{self.end}",
                    "move the break, or the shift",
                    at,
                )
            elif begin == self.span[0] or end == self.span[1]:
                yield Fault(
                    "must lie inside the shift", "start later, or end earlier, in its place", at
                )
            elif any(begin < other_end and other_begin < end for other_begin, other_end in ends):
                yield Fault("overlaps another break of the shift", "move one of them", at)
            else:
                ends.append((begin, end))
                continue
            wrong = True
        if not wrong:
            yield from self._wave_faults()

    def _wave_faults(self) -> Iterator[Fault]:
        """Find breaks that no longer fit when they are moved for a later wave."""
        if self.waves > 1 and not self.breaks:
            fix = 'give breaks=("12:00-12:30",), say, or leave waves out'
            yield Fault("are turns of taking breaks, and there are none", fix, ("waves",))
            return
        if self.stagger and self.waves == 1:
            yield Fault(
                "moves the breaks of each next wave, and there is one wave",
                "give waves=3, say, or leave stagger out",
                ("stagger",),
                given=format_duration(self.stagger),
            )
            return
        if self.stagger != int(self.stagger):
            fix = f"write {format_duration(max(1, round(self.stagger)))}"
            yield Fault("must be whole seconds", fix, ("stagger",))
            return
        for wave in range(1, min(self.waves, self.headcount)):
            spans = self.break_spans_of(wave)
            begin, end = max(spans, key=lambda span: span[1])
            crossing = any(one[1] > other[0] for one, other in pairwise(spans))
            if end < self.span[1] and not crossing:
                continue
            rule = f"the break of wave {wave + 1} would be {format_clock_range(begin, end)}, and "
            rule += f"must lie inside the shift, {self.start}-{self.end}"
            if crossing:
                rule = f"the breaks of wave {wave + 1} would overlap each other"
            fewer = f"waves={wave}, " if wave > 1 else ""
            yield Fault(rule, f"write {fewer}a smaller stagger, or move the breaks", ("waves",))
            return

    @property
    def span(self) -> tuple[int, int]:
        """From and to, seconds after the midnight of the day on which it starts, by the clock
        [s]."""
        return parse_clock_range(f"{self.start}-{self.end}")

    @property
    def break_spans(self) -> tuple[tuple[int, int], ...]:
        """The breaks, in order, counted like `span` [s]."""
        return tuple(sorted(self._on_shift(text) for text in self.breaks))

    def break_spans_of(self, wave: int) -> tuple[tuple[int, int], ...]:
        """Return the breaks of the people of a wave, 0 being the first, in order, counted like
        `span` [s]."""
        moved = (
            (begin + by, end + by)
            for begin, end in self.break_spans
            for by in (wave * int(self.stagger or end - begin),)
        )
        return tuple(sorted(moved))

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Days on which it starts: Monday 0 … Sunday 6, holiday 7."""
        return parse_days(self.days)

    def _on_shift(self, text: str) -> tuple[int, int]:
        begin, end = parse_clock_range(text)
        late = DAY_S if begin < self.span[0] and self.span[1] > DAY_S else 0
        return begin + late, end + late


def people_of(shifts: Sequence[Shift]) -> dict[str, range]:
    """Return the numbers of the people who work the shifts of each name; within a group they are
    counted through the names in their order."""
    found: dict[str, range] = {}
    people = 0
    for name in dict.fromkeys(shift.name for shift in shifts):
        many = max(shift.headcount for shift in shifts if shift.name == name)
        found[name] = range(people, people + many)
        people += many
    return found


def shift_overlaps(shifts: Sequence[Shift]) -> Iterator[Fault]:
    """Find people who would be in two places in an ordinary week, nights included.

    Holidays can bring shifts together that no week does; those need the calendar, and are found
    when the scenario is checked.
    """
    for index, shift in enumerate(shifts):
        for other in shifts[:index]:
            day = _overlap_day(other, shift) if other.name == shift.name else None
            if day is None:
                continue
            theirs = f"{format_clock_range(*other.span)} on {day}"
            yield Fault(
                f"overlaps the shift of the same name, and so of the same people, {theirs}",
                "give it another name, or other hours",
                ("shifts", str(index)),
                given=f"{shift.name} {shift.days} {shift.start}-{shift.end}",
            )
            break


def _overlap_day(one: Shift, two: Shift) -> str | None:
    for a in one.weekdays:
        for b in two.weekdays:
            if (a == HOLIDAY) != (b == HOLIDAY):
                continue  # a shift that names the holiday takes the place of the weekday's
            for ahead in (-1, 0, 1):
                if a == HOLIDAY and ahead != 0:
                    continue
                if a != HOLIDAY and (a + ahead) % 7 != b:
                    continue
                begin, end = (edge + ahead * DAY_S for edge in two.span)
                if begin < one.span[1] and one.span[0] < end:
                    return "a holiday" if a == HOLIDAY else DAYS[a]
    return None
