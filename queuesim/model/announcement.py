"""Announcements: the wait that a contact is told when it has to wait, and what it makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from queuesim.model.base import Model
from queuesim.model.delay import Delay
from queuesim.model.faults import Fault
from queuesim.model.fields import Amount, Duration, Positive


class Announcement(Model):
    """The expected wait that a contact hears when nobody takes it on arrival.

    Parameters
    ----------
    predictor
        Where the number comes from. ``"queue_length"``: (contacts that wait in its line + 1) × mean
        handle time ÷ the people on duty who serve the line. ``"last_to_enter_service"``: the wait
        of the contact of its line that an agent took last. ``"head_of_line"``: how long the first
        in its line has waited so far. ``"fixed"``: always the same.
    fixed
        For ``"fixed"``: the wait announced [s].
    balk
        The longest announced wait that contacts put up with: a distribution, or a time. Whoever
        hears of a longer one leaves at once, so that P(balks) = P(longest < announced). None:
        nobody.
    patience_factor
        Patience after an announcement is the patience before × this, …
    stays_for
        … and at least the announced wait × this: 1 means that who accepts an announced wait sees
        it through.
    tolerance
        An announcement is kept when the contact is answered at most this much later [s].

    Notes
    -----
    The predictors are QL, LES and HOL of Ibrahim and Whitt 2009, Manuf. Serv. Oper. Manag. 11,
    397-415. Of a group whose agents have *n* contacts open at total pace ``pace[n]``, or need
    ``handle_factor`` times as long, an agent counts as ``pace[n] ÷ handle_factor`` people.
    Groups count within the hours of their skill. Where nobody who serves the line is on duty, queue
    length announces nothing. Where contacts are allotted to groups, a contact's line is that of the
    contacts of its type that are allotted to the same group, and groups serve it that may ever take
    them. Who is turned away or blocked hears nothing. That customers
    leave when the announced wait exceeds what they accept, and that who stays gets another
    patience, which may depend on what was announced, is the model of Armony, Shimkin and Whitt
    2009, Oper. Res. 57, 66-81, and of Jouini, Akşin and Dallery 2011, Manuf. Serv. Oper. Manag.
    13, 534-548; the two numbers that state it here are a simple form of it.

    Examples
    --------
    >>> Announcement(predictor="fixed", fixed="5min").fixed
    300.0
    """

    predictor: Literal["queue_length", "last_to_enter_service", "head_of_line", "fixed"]
    fixed: Duration | None = None
    balk: Delay | None = None
    patience_factor: Positive = 1.0
    stays_for: Amount = 0.0
    tolerance: Duration = 0.0

    def _check(self) -> Iterator[Fault]:
        if self.predictor == "fixed" and self.fixed is None:
            yield Fault(
                "must say the wait that is announced", 'write fixed="5min", say', ("fixed",)
            )
        if self.predictor != "fixed" and self.fixed is not None:
            yield Fault(
                "is for the predictor fixed: the others work the wait out",
                'write predictor="fixed", or leave fixed out',
                ("fixed",),
            )

    @property
    def changes_patience(self) -> bool:
        """Whether patience is another one after an announcement."""
        return self.patience_factor != 1.0 or self.stays_for > 0.0
