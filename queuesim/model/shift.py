"""Shifts: who works when, by the local clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from queuesim.model.fields import Count, Flag, Many, Name
from queuesim.units import DAY_S


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

    Examples
    --------
    >>> Shift(name="early", start="07:00", end="15:00", headcount=12, breaks=("11:00-11:30",)).days
    'mon-fri'
    """

    name: Name
    days: DaysText = "mon-fri"
    start: ClockText = "08:00"
    end: ClockText = "16:30"
    headcount: Count
    breaks: Many[ClockRangeText] = ()
    paid_breaks: Flag = False

    def _check(self) -> Iterator[Fault]:
        if parse_clock(self.start) == DAY_S:
            yield Fault("must be before the end of the day", 'write "00:00"', ("start",))
            return
        if self.start == self.end:
            yield Fault("must differ from start", 'the whole day is "00:00" to "24:00"', ("end",))
            return
        ends: list[tuple[int, int]] = []
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
            ends.append((begin, end))

    @property
    def span(self) -> tuple[int, int]:
        """From and to, seconds after the midnight of the day on which it starts, by the clock
        [s]."""
        return parse_clock_range(f"{self.start}-{self.end}")

    @property
    def break_spans(self) -> tuple[tuple[int, int], ...]:
        """The breaks, in order, counted like `span` [s]."""
        return tuple(sorted(self._on_shift(text) for text in self.breaks))

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Days on which it starts: Monday 0 … Sunday 6, holiday 7."""
        return parse_days(self.days)

    def _on_shift(self, text: str) -> tuple[int, int]:
        begin, end = parse_clock_range(text)
        late = DAY_S if begin < self.span[0] and self.span[1] > DAY_S else 0
        return begin + late, end + late


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
