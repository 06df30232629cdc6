"""What queuesim says when it cannot go on, or would rather you knew.

Three kinds, kept apart: wrong input is a `ScenarioError`, bad news is a `ScenarioWarning`, and a
feature that the chosen engine does not have is `UnsupportedByEngine`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in what was given.

    Parameters
    ----------
    where
        Dotted path of the value, by names: ``contact_types.support.talk.mean``.
    given
        The value as it was given, in print.
    rule
        What is allowed there.
    fix
        The likely intention, or the nearest allowed value. May be empty.
    """

    where: str
    given: str
    rule: str
    fix: str = ""

    def __str__(self) -> str:
        place = self.where or "(the whole)"
        said = f"{place}: given {self.given}; {_ended(self.rule)}"
        return f"{said} {_ended(_sentence(self.fix))}" if self.fix else said


class ScenarioError(ValueError):
    """Wrong input, with every problem found.

    Parameters
    ----------
    problems
        All the problems, in the order of the fields.
    subject
        What could not be built, for the first line: ``Scenario "week 48"``.

    Examples
    --------
    >>> raise ScenarioError([Problem("rank", "0", "must be 1 or more", "write 1")], subject="Skill")
    Traceback (most recent call last):
    queuesim.errors.ScenarioError: Skill: 1 problem
      rank: given 0; must be 1 or more. Write 1.
    """

    problems: tuple[Problem, ...]
    subject: str

    def __init__(self, problems: Iterable[Problem], subject: str = "Scenario") -> None:
        self.problems = tuple(problems)
        self.subject = subject
        super().__init__(self._text())

    def _text(self) -> str:
        many = len(self.problems)
        first = f"{self.subject}: {many} problem{'' if many == 1 else 's'}"
        return "\n  ".join([first, *map(str, self.problems)])

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...], str]]:
        return type(self), (self.problems, self.subject)


class ScenarioWarning(UserWarning):
    """Bad news about a scenario that is correctly stated: an overloaded Monday, say."""


class UnsupportedByEngine(NotImplementedError):  # noqa: N818 - the name says what it is
    """A feature of the scenario that the chosen engine does not have.

    Parameters
    ----------
    feature
        What the scenario asks for: ``redial of contact type 'support'``.
    engine
        The engine that was chosen.
    remedy
        What to do instead.
    """

    def __init__(self, feature: str, engine: str, remedy: str = "") -> None:
        self.feature = feature
        self.engine = engine
        self.remedy = remedy
        text = f"the {engine} engine does not support {feature}"
        super().__init__(f"{text}. {_sentence(remedy)}" if remedy else text)

    def __reduce__(self) -> tuple[type[UnsupportedByEngine], tuple[str, str, str]]:
        return type(self), (self.feature, self.engine, self.remedy)


def shown(value: object) -> str:
    """Return a value as a message shows it: its repr, cut to about 80 characters."""
    try:
        text = repr(value)
    except Exception:  # a foreign object's broken repr must not hide the real problem
        text = f"<{type(value).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 4]} ..."


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
