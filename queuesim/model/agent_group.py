"""Agent groups: people who can be swapped for one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from inspect import Parameter
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from queuesim.model.base import FixedDict, Model
from queuesim.model.blend import Blend, example_pace, pace_faults
from queuesim.model.coming_back import Transfer
from queuesim.model.contact_type import AnyChannel, Channel, ContactType
from queuesim.model.contract import Contract
from queuesim.model.faults import Fault, quoted
from queuesim.model.fields import (
    Count,
    CountFromOne,
    Duration,
    Many,
    Name,
    OrShort,
    Positive,
    Share,
    ShareBelowOne,
)
from queuesim.model.headcount import Headcount
from queuesim.model.horizon import Horizon, merged, overlap
from queuesim.model.hours import OpeningHours
from queuesim.model.shift import Shift, people_of, shift_overlaps
from queuesim.model.starters import Starters, starters_faults

Floats = NDArray[np.float64]


class Skill(Model):
    """That a group can serve a contact type, and how.

    Parameters
    ----------
    contact_type
        Name of the contact type; may be given without its keyword.
    rank
        Preference among groups when a contact arrives: 1 is the best.
    handle_factor
        What talk and wrap-up are multiplied by in this group.
    resolution
        Share of contacts that this group resolves, 0 to 1.
    min_wait
        A contact must have waited this long before the group may take it (overflow) [s].
    reserve
        Take a contact only when more than this many agents of the group are idle. Where live
        contacts may interrupt messages: more than this many without a live contact.
    min_queue
        Take a contact only while at least so many wait in its line, the one to be taken and one
        that has just come included (overflow by queue length); 1 is no condition.
    hours
        Take contacts of this type only within these hours (nights to the partner); what is open at
        their end is finished. None: whenever the group works.
    transfer
        Handing contacts on to another contact type, and so to the groups that serve it.

    With several conditions all of them must hold.

    Examples
    --------
    >>> Skill("support", min_wait="30s").min_wait
    30.0
    """

    contact_type: Name
    rank: CountFromOne = 1
    handle_factor: Positive = 1.0
    resolution: Share = 1.0
    min_wait: Duration = 0.0
    reserve: Count = 0
    min_queue: CountFromOne = 1
    hours: OpeningHours | None = None
    transfer: Transfer | None = None

    def __init__(self, contact_type: Any = None, /, **data: Any) -> None:
        if contact_type is not None:
            if "contact_type" in data:
                raise TypeError("Skill() got contact_type twice: by place and by keyword")
            data = {"contact_type": contact_type, **data}
        super().__init__(**data)

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def _parameters(cls) -> Iterator[Parameter]:
        for parameter in super()._parameters():
            by_place = parameter.name == "contact_type"
            kind = Parameter.POSITIONAL_OR_KEYWORD if by_place else parameter.kind
            yield parameter.replace(kind=kind)

    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        return {"contact_type": data} if isinstance(data, str) else data

    @classmethod
    def _example(cls) -> str:
        return 'Skill("support"), or only "support"'


class AgentGroup(Model):
    """People who can be swapped for one another: same skills, same hours, same contract.

    Give ``headcount`` or ``shifts``.

    Parameters
    ----------
    name
        Its name; random streams and paths use it.
    skills
        What it serves: `Skill`, or only the name of a contact type.
    headcount
        People scheduled: a number (all hours), or a table with exactly one of ``day`` (by interval
        of the day), ``week`` (by interval of the week, Monday first), ``horizon`` (by interval of
        the horizon) and ``weeks`` (by calendar week, Monday to Sunday, that the horizon touches).
    shifts
        Shifts, in place of headcount. Breaks need shifts: of a headcount nobody knows who is on a
        break, so a lunch dip is fewer people in the table, ``{"day": …}``.
    hours
        When the headcount works. None: whenever a contact type it serves is open, within the hours
        of the skill where it has any.
    shrinkage
        Share of scheduled time without contacts: meetings, training, short absences; 0 to below 1.
    absence
        Chance that a person is away for a whole day, 0 to below 1: drawn for each person scheduled
        and each day, independently. A night shift belongs to the day on which it starts.
    starters
        New agents, slower at first: `Starters`.
    speed_spread
        How much agents differ in speed: standard deviation ÷ mean of a personal handle-time factor,
        0 (none) to 1. Lognormal with mean 1, drawn once a replication for each agent; 0.15 means
        that a slow one (one in six) needs 15 % longer than the mean.
    concurrency
        Contacts open at once per agent, for chat and message; 1 where not named.
    pace
        Total pace with 1, 2, … contacts open, for every channel with concurrency above 1: ``(1,
        1.7, 2.5)``.
    blend
        What an agent may have open across channels, in place of concurrency and pace. None: one
        channel at a time.
    interruptible
        ``("message",)`` where live contacts may interrupt the work on messages, which goes on with
        what was left when no live contact is open any more.
    contract
        What it costs: `InHouse` or `Outsourced`.

    Examples
    --------
    >>> from queuesim.model.contract import InHouse
    >>> wage = InHouse(per_hour=24.0)
    >>> home = AgentGroup(name="home", skills=("support",), headcount=42, contract=wage)
    >>> home.skills[0].rank
    1
    """

    name: Name
    skills: Many[Annotated[Skill, OrShort({"type": "string"})]]
    headcount: Headcount = None
    shifts: Many[Shift] = ()
    hours: OpeningHours | None = None
    shrinkage: ShareBelowOne = 0.0
    absence: ShareBelowOne = 0.0
    starters: Many[Starters] = ()
    speed_spread: Share = 0.0
    concurrency: FixedDict[AnyChannel, CountFromOne] = FixedDict()
    pace: FixedDict[AnyChannel, Many[Positive]] = FixedDict()
    blend: Blend | None = None
    interruptible: Many[AnyChannel] = ()
    contract: Contract

    def _check(self) -> Iterator[Fault]:
        if not self.skills:
            yield Fault(
                "must name at least one contact type", 'write skills=("support",), say', ("skills",)
            )
        served: list[str] = []
        for index, skill in enumerate(self.skills):
            if skill.contact_type in served:
                yield Fault(
                    "is named twice by this group",
                    "leave one out",
                    ("skills", str(index)),
                    given=quoted(skill.contact_type),
                )
            served.append(skill.contact_type)
        if self.headcount is None and not self.shifts:
            yield Fault(
                "is required", "give headcount=… or shifts=…", ("headcount",), given="nothing"
            )
        if self.headcount is not None and self.shifts:
            yield Fault(
                "cannot be given with shifts, which say it", "leave one of them out", ("headcount",)
            )
        if self.hours is not None and self.shifts:
            yield Fault("cannot be given with shifts, which say it", "leave hours out", ("hours",))
        yield from self._concurrency_faults()
        yield from self._blend_faults()
        yield from shift_overlaps(self.shifts)
        yield from starters_faults(self.starters, self.shifts, self.headcount)

    def _concurrency_faults(self) -> Iterator[Fault]:
        for channel, most in self.concurrency.items():
            if most > 1 and not channel.concurrent:
                yield Fault(
                    f"must be 1: {channel} is one at a time",
                    "leave it out",
                    ("concurrency", str(channel)),
                )
            elif most > 1 and channel not in self.pace:
                yield Fault(
                    f"is required: total pace with 1 to {most} contacts open",
                    f"give {most} numbers, such as {example_pace(most)}",
                    ("pace", str(channel)),
                    given="nothing",
                )
        for channel, pace in self.pace.items():
            most = self.concurrency.get(channel, 1)
            why = f"concurrency {most}"
            yield from pace_faults(pace, most, why, "change concurrency", ("pace", str(channel)))

    def _blend_faults(self) -> Iterator[Fault]:
        if self.blend is not None:
            for name in ("concurrency", "pace"):
                if getattr(self, name):
                    yield Fault(
                        "cannot be given with blend, which says it for all channels together",
                        f"leave {name} out, or leave blend out for one channel at a time",
                        (name,),
                    )
        for index, channel in enumerate(self.interruptible):
            if channel is not Channel.MESSAGE:
                yield Fault(
                    f"must be message: the customer of a {channel} is there",
                    'write interruptible=("message",), or leave it out',
                    ("interruptible", str(index)),
                    given=quoted(channel),
                )

    def best_pace(self, channel: Channel) -> float:
        """Return the highest total pace with contacts of a channel open, alone or beside others."""
        if self.blend is not None:
            return max(self.blend.pace) if channel.concurrent else 1.0
        return max(self.pace.get(channel, (1.0,)))

    def skill(self, contact_type: str) -> Skill | None:
        """Return the skill for a contact type, or None."""
        return self._skill_of.get(contact_type)

    @cached_property
    def _skill_of(self) -> dict[str, Skill]:
        return {skill.contact_type: skill for skill in self.skills}

    def full_pace(self, channel: Channel) -> float:
        """Return the total pace of an agent who has as many contacts of a channel open as may be,
        and no others."""
        if self.blend is not None:
            return self.blend.pace[self.blend.slots // self.blend.use(channel) - 1]
        return self.pace.get(channel, (1.0,))[self.concurrency.get(channel, 1) - 1]

    def windows(self, horizon: Horizon, contact_types: Sequence[ContactType]) -> Floats:
        """Return when the headcount works within the horizon.

        Parameters
        ----------
        horizon
            The days.
        contact_types
            The scenario's contact types; without stated hours the group works when one it serves is
            open.

        Returns
        -------
        float64[n, 2] [s]
            From and to since the start of the horizon, merged and in order.
        """
        if self.hours is not None:
            return self.hours.windows(horizon)
        served = [
            each.windows(horizon)
            if skill.hours is None
            else overlap(each.windows(horizon), skill.hours.windows(horizon))
            for each in contact_types
            if (skill := self.skill(each.name)) is not None
        ]
        return merged(np.concatenate(served)) if served else np.empty((0, 2))

    def most_scheduled(self) -> int:
        """Return the largest number of people that the plan schedules at once; of shifts all the
        people, though they may never be on together."""
        if isinstance(self.headcount, FixedDict):
            return max(next(iter(self.headcount.values())))
        if self.headcount is not None:
            return self.headcount
        return sum(len(numbers) for numbers in people_of(self.shifts).values())

    def scheduled(self, horizon: Horizon, windows: Floats) -> NDArray[np.int64]:
        """Return people scheduled in each interval, before shrinkage and absence.

        Parameters
        ----------
        horizon
            The days.
        windows
            float64[n, 2]: when the headcount works, from `windows` [s]; not used for shifts.

        Returns
        -------
        int64[n_intervals]
            The largest number on at once within the interval.
        """
        from queuesim.model.roster import rostered

        return rostered(self, horizon, windows).most_at_once(horizon)
