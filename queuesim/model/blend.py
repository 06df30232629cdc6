"""What an agent may have open at once: of one channel, or across channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from queuesim.model.base import FixedDict, Model
from queuesim.model.contact_type import AnyChannel, Channel
from queuesim.model.faults import Fault
from queuesim.model.fields import CountFromOne, Many, Positive


class Blend(Model):
    """What an agent may have open at once across channels: so many slots, and what each uses.

    A contact may be opened as long as the slots that it uses are free. A call uses all of them, and
    so does whatever is not named. Chats and messages that are open together share the pace.

    Parameters
    ----------
    slots
        Slots of an agent.
    uses
        Slots that one contact of a channel uses, for chat and message.
    pace
        Total pace with 1, 2, … contacts open, whatever their channels: ``(1, 1.7, 2.5, 2.9)``.

    Examples
    --------
    Three chats; two chats and a message; a chat and two messages; four messages:

    >>> blend = Blend(slots=12, uses={"chat": 4, "message": 3}, pace=(1, 1.7, 2.5, 2.9))
    >>> blend.most
    4
    """

    slots: CountFromOne
    uses: FixedDict[AnyChannel, CountFromOne] = FixedDict()
    pace: Many[Positive]

    def _check(self) -> Iterator[Fault]:
        for channel, used in self.uses.items():
            at = ("uses", str(channel))
            if not channel.concurrent and used != self.slots:
                rule = (
                    f"must be all {self.slots}: a {channel} is one at a time, with nothing beside"
                )
                yield Fault(rule, "leave it out", at, given=str(used))
            elif used > self.slots:
                rule = f"must be at most the {self.slots} slots that there are"
                yield Fault(rule, f"write {self.slots} for one at a time", at, given=str(used))
        if all(used <= self.slots for used in self.uses.values()):
            why = f"{self.slots} slots"
            yield from pace_faults(self.pace, self.most, why, "change slots or uses", ("pace",))

    @property
    def most(self) -> int:
        """How many contacts can be open at once at most."""
        return self.slots // min(self.uses.values(), default=self.slots)

    def use(self, channel: Channel) -> int:
        """Return the slots that a contact of a channel uses."""
        return self.uses.get(channel, self.slots)


def pace_faults(
    pace: Sequence[float], most: int, why: str, otherwise: str, at: tuple[str, ...]
) -> Iterator[Fault]:
    """Find what is wrong with a total pace of up to `most` contacts."""
    if len(pace) != most:
        yield Fault(
            f"must have as many numbers as contacts can be open: {most} with {why}",
            f"write {example_pace(most)}, say, or {otherwise}",
            at,
            given=f"{len(pace)} numbers",
        )
        return
    if pace[0] != 1:
        yield Fault(
            "must be 1: the pace with one contact open",
            "write 1",
            (*at, "0"),
            given=f"{pace[0]:g}",
        )
    for index, total in enumerate(pace[1:], start=1):
        if total < 1:
            yield Fault(
                "must be at least 1: the pace of all open contacts together",
                f"for {total:g} per contact write {total * (index + 1):g}",
                (*at, str(index)),
                given=f"{total:g}",
            )
        elif total > index + 1:
            yield Fault(
                f"must be at most {index + 1}, the pace of {index + 1} agents",
                f"the nearest allowed value is {index + 1}",
                (*at, str(index)),
                given=f"{total:g}",
            )


def example_pace(most: int) -> str:
    """Return a pace in print, as an example of one for so many contacts."""
    return f"({', '.join(f'{1 + 0.7 * extra:g}' for extra in range(most))})"
