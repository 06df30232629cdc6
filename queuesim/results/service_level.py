"""Service level: five definitions in use, by name.

On the same day's data they give anything from 81 % to 86 %, so every table says which it prints.
"""

from __future__ import annotations

from enum import StrEnum


class ServiceLevel(StrEnum):
    """What counts as good service, and out of what.

    T is the contact type's target time, ``target.within``. Answered means answered live or, on a
    callback channel, reached; a caller who took a callback counts as offered, not as answered.
    Who still waits when the horizon ends, and has not waited for T by then, is *not due*: neither
    answered within T nor missed, and no part of what is divided by.
    Over contact types, intervals and replications, numerators and denominators are summed first: a
    ratio of means. Contact types without a target take no part.

    Examples
    --------
    >>> ServiceLevel.ANSWERED_OF_OFFERED.formula
    'answered within T ÷ offered'
    """

    ANSWERED_OF_OFFERED_LESS_SHORT = "answered_of_offered_less_short"
    """answered within T ÷ (offered - abandoned within T). The default."""

    ANSWERED_OF_OFFERED = "answered_of_offered"
    """answered within T ÷ offered"""

    ANSWERED_OF_ANSWERED = "answered_of_answered"
    """answered within T ÷ answered. Says nothing about those who gave up."""

    ANSWERED_OR_LEFT_OF_OFFERED = "answered_or_left_of_offered"
    """(answered within T + abandoned within T) ÷ offered: whoever did not wait longer than T."""

    QUICK_ABANDONS_EXCLUDED = "quick_abandons_excluded"
    """answered within T ÷ (offered - abandoned within `Scenario.short_abandon`)"""

    @property
    def numerator(self) -> str:
        """Sum of quantities, see `schema.CONTACT_QUANTITIES`."""
        return _TERMS[self][0]

    @property
    def denominator(self) -> str:
        """Sum of quantities, see `schema.CONTACT_QUANTITIES`."""
        return _TERMS[self][1]

    @property
    def formula(self) -> str:
        """The definition in words, for tables and plots."""
        return _TERMS[self][2]


CALLBACKS_COUNT = "who takes a callback counts as offered, not as answered within T"
"""To be said beside a service level where callbacks are offered: they lower it."""

NOT_DUE = "not due: unanswered at the end, and still within T; no part of the service level"
"""To be said beside a service level where there are such contacts."""

DEFAULT = ServiceLevel.ANSWERED_OF_OFFERED_LESS_SHORT

_TERMS = {
    ServiceLevel.ANSWERED_OF_OFFERED_LESS_SHORT: (
        "answered_within",
        "offered - not_due - abandoned_within",
        "answered within T ÷ (offered - abandoned within T)",
    ),
    ServiceLevel.ANSWERED_OF_OFFERED: (
        "answered_within",
        "offered - not_due",
        "answered within T ÷ offered",
    ),
    ServiceLevel.ANSWERED_OF_ANSWERED: (
        "answered_within",
        "answered",
        "answered within T ÷ answered",
    ),
    ServiceLevel.ANSWERED_OR_LEFT_OF_OFFERED: (
        "answered_within + abandoned_within",
        "offered - not_due",
        "(answered within T + abandoned within T) ÷ offered",
    ),
    ServiceLevel.QUICK_ABANDONS_EXCLUDED: (
        "answered_within",
        "offered - not_due - abandoned_quick",
        "answered within T ÷ (offered - abandoned within the short-abandon time)",
    ),
}
