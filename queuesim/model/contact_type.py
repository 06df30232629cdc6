"""Contact types: one stream of need each."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Strict

from queuesim.model.announcement import Announcement
from queuesim.model.base import FixedDict, Model
from queuesim.model.callback import CallbackOffer, Dialling
from queuesim.model.coming_back import FrontDoor, Return
from queuesim.model.demand import Demand
from queuesim.model.distributions import Distribution
from queuesim.model.faults import Fault
from queuesim.model.fields import (
    Count,
    Duration,
    Name,
    OrShort,
    Positive,
    Share,
    SignedDuration,
)
from queuesim.model.horizon import Horizon, inside, merged
from queuesim.model.hours import OpeningHours

_TOLERANCE = 1e-9


class Channel(StrEnum):
    """How contacts come: by phone, by chat, as a request for a callback, as a message (email,
    social …), or to self-service (a web page, a chatbot), which no agent serves."""

    PHONE = "phone"
    CHAT = "chat"
    CALLBACK = "callback"
    MESSAGE = "message"
    SELF_SERVICE = "self_service"

    @property
    def concurrent(self) -> bool:
        """Whether an agent may have several contacts of this channel open at once."""
        return self in (Channel.CHAT, Channel.MESSAGE)


AnyChannel = Annotated[Channel, Strict(False)]


class ServiceTarget(Model):
    """A promise about waiting: a share answered within a time.

    Parameters
    ----------
    share
        Share of contacts, 0 to 1.
    within
        Wait [s]; of a message: until its answer is sent, when the work on it (talk) ends.
    clock
        Which time counts, in the target and in every wait of the type: ``"all_hours"``, or
        ``"opening_hours"``, only while the contact type is open.

    Examples
    --------
    >>> ServiceTarget(share=0.8, within="20s").within
    20.0
    >>> ServiceTarget(share=0.9, within="4h", clock="opening_hours").clock
    'opening_hours'
    """

    share: Share
    within: Duration
    clock: Literal["all_hours", "opening_hours"] = "all_hours"


def _read_target(given: Any) -> Any:
    return None if given == "none" else given


class ContactType(Model):
    """One stream of need: a channel, a demand, how long it takes, how long it waits.

    Parameters
    ----------
    name
        Its name; random streams and paths use it.
    channel
        ``"phone"``, ``"chat"``, ``"callback"``, ``"message"`` or ``"self_service"``.
    demand
        Contacts offered.
    talk
        Talk time: phone conversation, chat from first to last word (when it is the agent's only
        one), work on a message, time spent at self-service.
    wrap_up
        Work after the contact has left; None is none.
    patience
        How long a contact waits before it abandons; None is for ever. A callback request has none.
    target
        Promise about waiting: by default 80 % within 20 s, of messages within a day; None (in TOML
        ``"none"``) is no promise. Self-service has none.
    hours
        When it is open. None: each day from its first to its last bin of demand.
    outside_hours
        What happens outside the hours: ``"turn_away"`` or ``"queue"`` (waits for the opening), the
        default for messages.
    at_closing
        What happens to the queue at closing: ``"serve_out"`` or ``"release"``. Messages are carried
        over, ``"carry_over"``, through nights and weekends; nothing else does that.
    weight, credit
        When an agent becomes free, the queue with the largest weight × wait + credit is next [–,
        s].
    queue_limit
        Contacts that can wait on the line; further ones are blocked. None is no limit.
    announcement
        The expected wait that is announced to a contact that has to wait; phone and chat only. None
        is none.
    allocation
        Share of the volume that each agent group is allotted, 0 to 1, together 1: ``{"home": 0.7,
        "partner": 0.3}``. Chance allots each contact when it comes, and it waits in a line of those
        allotted to the same group. Empty: whichever group is free.
    allocation_overflow
        With an allocation: the wait after which any other group with the skill may take the contact
        too [s]. None: never.
    callback
        Offer of a callback; phone only.
    dialling
        How requests are dialled; callback channel only, where None becomes ``Dialling()``.
    redial
        Coming back after abandoning, being blocked or being turned away; and after a callback that
        failed, where ``failed_callbacks`` of `Return` says so.
    repeat
        Coming back when not resolved, see ``resolution`` of `Skill` and of `FrontDoor`.
    after_hours
        What those do who are turned away outside the hours, in place of redialling: leave a
        message, ask for a callback. Those who do not are lost.
    turns
        The next turn of a thread of messages: who answers the answer, and how long after.
    front_door
        What self-service does; self-service only.
    rings_in
        Who asks for a callback and then rings in, so long after asking, if no agent is at it yet,
        and as what; callback channel only. See ``rings_in`` of `CallbackOffer`.

    Examples
    --------
    >>> from queuesim.model.distributions import Exponential
    >>> support = ContactType(
    ...     name="support",
    ...     channel="phone",
    ...     demand=Demand(per_day=800),
    ...     talk=Exponential(mean="4min"),
    ... )
    >>> support.handle_s
    240.0
    """

    name: Name
    channel: AnyChannel
    demand: Demand
    talk: Distribution
    wrap_up: Distribution | None = None
    patience: Distribution | None = None
    target: Annotated[
        ServiceTarget | None, BeforeValidator(_read_target), OrShort({"const": "none"})
    ] = ServiceTarget(share=0.8, within=20.0)
    hours: OpeningHours | None = None
    outside_hours: Literal["turn_away", "queue"] = "turn_away"
    at_closing: Literal["serve_out", "release", "carry_over"] = "serve_out"
    weight: Positive = 1.0
    credit: SignedDuration = 0.0
    queue_limit: Count | None = None
    announcement: Announcement | None = None
    allocation: FixedDict[Name, Share] = FixedDict()
    allocation_overflow: Duration | None = None
    callback: CallbackOffer | None = None
    dialling: Dialling | None = None
    redial: Return | None = None
    repeat: Return | None = None
    after_hours: Return | None = None
    turns: Return | None = None
    front_door: FrontDoor | None = None
    rings_in: Return | None = None

    @classmethod
    def _shorthand(cls, data: Any) -> Any:
        if (
            isinstance(data, dict)
            and data.get("channel") == "callback"
            and data.get("dialling") is None
        ):
            return {**data, "dialling": Dialling()}
        if isinstance(data, dict):
            return {**_DEFAULTS_OF.get(str(data.get("channel")), {}), **data}
        return data

    def _default_of(self, name: str) -> Any:
        own = _DEFAULTS_OF.get(self.channel, {})
        return own[name] if name in own else super()._default_of(name)

    def _check(self) -> Iterator[Fault]:
        if self.talk.mean_s <= 0:
            yield Fault("must take time: its mean is 0 s", "", ("talk",))
        yield from self._allocation_faults()
        if self.callback is not None and self.channel is not Channel.PHONE:
            yield Fault(
                f"is for phone only: nobody waits on the line of a {self.channel}",
                "leave callback out",
                ("callback",),
            )
        if self.announcement is not None and self.channel not in (Channel.PHONE, Channel.CHAT):
            yield Fault(
                f"is for phone and chat only: nobody waits on the line of a {self.channel}",
                "leave announcement out",
                ("announcement",),
            )
        if self.callback is not None and self.announcement is None:
            for name in ("min_announced", "accept_from"):
                if getattr(self.callback, name) is not None:
                    yield Fault(
                        "needs an announcement: nobody is told a wait",
                        'add announcement=Announcement(predictor="queue_length"), or leave it out',
                        ("callback", name),
                    )
        if self.dialling is not None and self.channel is not Channel.CALLBACK:
            where = (
                "callback=CallbackOffer(dialling=…)" if self.channel is Channel.PHONE else "nothing"
            )
            yield Fault("is for the channel callback only", f"use {where}", ("dialling",))
        if self.patience is not None and self.channel is Channel.CALLBACK:
            yield Fault(
                "cannot be given for the channel callback: a request waits to be dialled",
                "leave patience out; dialling says how many attempts are made",
                ("patience",),
            )
        if (self.channel is Channel.MESSAGE) != (self.at_closing == "carry_over"):
            yield self._wrong_at_closing()
        yield from self._front_door_faults()
        yield from self._rings_in_faults()
        if self.after_hours is not None and self.outside_hours != "turn_away":
            yield Fault(
                "is for those who are turned away, and this type queues outside its hours",
                'write outside_hours="turn_away", or leave after_hours out',
                ("after_hours",),
            )
        if self.turns is not None and self.channel is not Channel.MESSAGE:
            yield Fault(
                "is for the channel message only: a call or a chat is one turn",
                "use repeat for those who come back, or leave turns out",
                ("turns",),
            )
        if self.turns is not None and self.turns.to is not None:
            yield Fault(
                "cannot be given: the next turn of a thread is of the same contact type",
                "leave to out",
                ("turns", "to"),
            )

    def _wrong_at_closing(self) -> Fault:
        if self.channel is Channel.MESSAGE:
            rule = "must be carry_over for messages: they wait for the next opening"
            fix = "leave at_closing out"
        else:
            rule = f"is for messages: the customer of a {self.channel} does not wait over night"
            fix = 'write "serve_out" or "release"'
        return Fault(rule, fix, ("at_closing",), given=f'"{self.at_closing}"')

    def _front_door_faults(self) -> Iterator[Fault]:
        if self.channel is not Channel.SELF_SERVICE:
            if self.front_door is not None:
                yield Fault(
                    "is for the channel self_service only",
                    'write channel="self_service", or leave front_door out',
                    ("front_door",),
                )
            return
        if self.front_door is None:
            yield Fault(
                "is required for self-service: how much it contains, and where the others go",
                "write front_door=FrontDoor(contains=0.6, to={…: 1.0}), say",
                ("front_door",),
                given="nothing",
            )
        for name, why in (
            ("wrap_up", "nobody works on it afterwards"),
            ("patience", "nobody waits"),
            ("queue_limit", "nobody waits"),
            ("target", "nobody waits for it, and it has no wait to promise"),
            ("redial", "nobody leaves unserved: FrontDoor.to says where those go whom it fails"),
        ):
            if getattr(self, name) is not None:
                yield Fault(f"cannot be given for self-service: {why}", "leave it out", (name,))

    def _rings_in_faults(self) -> Iterator[Fault]:
        if self.rings_in is None:
            return
        if self.channel is not Channel.CALLBACK:
            by_phone = self.channel is Channel.PHONE
            where = "callback=CallbackOffer(rings_in=…)" if by_phone else "redial or repeat"
            rule = "is for the channel callback only: nobody else has asked for a callback"
            yield Fault(rule, f"use {where}, or leave rings_in out", ("rings_in",))
        elif self.rings_in.to in (None, self.name):
            yield Fault(
                "must be another contact type: who asks once more would only lose the place",
                'write to="support", say, the type of those who ring',
                ("rings_in", "to"),
                given="nothing" if self.rings_in.to is None else f'"{self.rings_in.to}"',
            )

    def _allocation_faults(self) -> Iterator[Fault]:
        total = sum(self.allocation.values())
        if self.allocation and abs(total - 1.0) > _TOLERANCE:
            shares = self.allocation.items()
            fix = "; ".join(f"{name} {share / total:.4g}" for name, share in shares if total > 0)
            yield Fault(
                "must add up to 1: every contact is allotted to one group",
                f"in proportion that would be {fix}" if fix else "give each group its share",
                ("allocation",),
                given=f"{total:g} in all",
            )
        if self.allocation_overflow is not None and not self.allocation:
            yield Fault(
                "is for contacts that are allotted to a group, and there is no allocation",
                "leave it out, or use min_wait on the skill of the group that may help",
                ("allocation_overflow",),
            )

    @property
    def handle_s(self) -> float:
        """Mean handle time, talk + wrap-up, before any group's factor [s]."""
        return self.talk.mean_s + (self.wrap_up.mean_s if self.wrap_up is not None else 0.0)

    def windows(self, horizon: Horizon) -> NDArray[np.float64]:
        """Return when it is open within the horizon.

        Returns
        -------
        float64[n, 2] [s]
            From and to since the start of the horizon, merged and in order. Without stated hours:
            each day from the first to the last bin with demand.
        """
        if self.hours is not None:
            return self.hours.windows(horizon)
        rates = self.demand.rates(horizon)
        wanted = np.flatnonzero(rates.base_per_s > 0)
        if len(wanted) == 0:
            return np.empty((0, 2))
        day = rates.day[wanted]
        first = wanted[np.concatenate([[True], day[1:] != day[:-1]])]
        last = wanted[np.concatenate([day[1:] != day[:-1], [True]])]
        return merged(np.column_stack([rates.edges_s[first], rates.edges_s[last + 1]]))

    def is_open(self, horizon: Horizon, at_s: float) -> bool:
        """Return whether it is open at an instant.

        Parameters
        ----------
        horizon
            The days.
        at_s
            The instant, since the start of the horizon [s].

        Returns
        -------
        bool
            True from the moment it opens, False from the moment it closes; see `windows`.
        """
        return inside(self.windows(horizon), at_s)


_DEFAULTS_OF: dict[str, dict[str, Any]] = {
    "message": {
        "target": ServiceTarget(share=0.8, within=86_400.0),
        "outside_hours": "queue",
        "at_closing": "carry_over",
    },
    "self_service": {"target": None},
}
"""Defaults of a channel where they differ from those of live contacts."""

__all__ = ["AnyChannel", "Channel", "ContactType", "ServiceTarget"]
