"""The scenario: everything a planner states, checked as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model import checks, describe, load, oddities, toml
from queuesim.model.agent_group import AgentGroup
from queuesim.model.base import Model
from queuesim.model.change import changed
from queuesim.model.contact_type import ContactType
from queuesim.model.faults import Fault, did_you_mean, one_of, quoted
from queuesim.model.fields import Duration, Many, Name
from queuesim.model.horizon import Horizon
from queuesim.model.roster import Roster, rostered

Floats = NDArray[np.float64]


class Scenario(Model):
    """A contact centre over some days: what comes, who is there, and on what terms.

    Parameters
    ----------
    name
        Its name, for tables and plots.
    contact_types
        The streams of need.
    agent_groups
        The people. Their order breaks ties between groups of equal rank.
    horizon
        The days.
    currency
        Currency of all prices, for print: ``"EUR"``.
    short_abandon
        Contacts that leave within this time are short abandons, for the definitions that exclude
        them [s].
    score
        What an agent who becomes free compares lines by: weight × x + credit, where x is the
        ``"wait"`` of the first contact [s], or the number of contacts in the line (``"queue"``,
        where credits count contacts too). The largest is next; ties go to the earlier arrival.

    Raises
    ------
    ScenarioError
        When anything is wrong, with all problems found.

    Examples
    --------
    >>> scenario = Scenario.from_toml("week48.toml")          # doctest: +SKIP
    >>> more = scenario.change("agent_groups.home.headcount", 48)  # doctest: +SKIP
    """

    name: Name
    contact_types: Many[ContactType]
    agent_groups: Many[AgentGroup]
    horizon: Horizon
    currency: Annotated[str, Field(strict=True, min_length=1, max_length=8)] = "EUR"
    short_abandon: Duration = 5.0
    score: Literal["wait", "queue"] = "wait"

    def _check(self) -> Iterator[Fault]:
        yield from checks.faults(self)

    def contact_type(self, name: str) -> ContactType:
        """Return the contact type of that name; ScenarioError when there is none."""
        return self._named("contact_types", name)

    def agent_group(self, name: str) -> AgentGroup:
        """Return the agent group of that name; ScenarioError when there is none."""
        return self._named("agent_groups", name)

    def _named(self, field: str, name: str) -> Any:
        parts = {part.name: part for part in getattr(self, field)}
        if name not in parts:
            rule = f"must be one of {one_of(parts)}"
            raise ScenarioError(
                [Problem(field, shown(name), rule, did_you_mean(name, parts))], self._subject
            )
        return parts[name]

    @property
    def _subject(self) -> str:
        return f"Scenario {quoted(self.name)}"

    @cached_property
    def rosters(self) -> tuple[Roster, ...]:
        """What each group's plan means over the horizon, in the order of ``agent_groups``; before
        shrinkage and absence. Worked out once: not to be changed."""
        types, horizon = self.contact_types, self.horizon
        return tuple(
            rostered(group, horizon, group.windows(horizon, types)) for group in self.agent_groups
        )

    def group_windows(self, name: str) -> Floats:
        """Return float64[n, 2]: when a group's headcount works, since the start of the horizon
        [s]."""
        return self.agent_group(name).windows(self.horizon, self.contact_types)

    def offered_load(self) -> Floats:
        """Return the offered load: rate × mean handle time.

        Returns
        -------
        float64[contact types, intervals] [erlangs]
            In the order of ``contact_types``; before any group's handle-time factor, ramp-up of
            new agents and agents' own speed.
        """
        return load.offered_load(self)

    def overloads(self) -> list[str]:
        """Return bad news: when more work is offered than the people there can carry.

        Returns
        -------
        list of str
            Readable lines, about ten at most; empty when the plan carries the work on average.
        """
        return load.overloads(self)

    def oddities(self) -> list[str]:
        """Return what may be stated and is hardly meant: outages outside the hours, factor 0, a
        talk of 7 seconds …

        Returns
        -------
        list of str
            Readable lines with paths; empty mostly. `simulate` and `compare` warn of them.
        """
        return oddities.oddities(self)

    def change(self, path: str, value: Any) -> Self:
        """Return a new scenario with one value changed, checked as a whole.

        Parameters
        ----------
        path
            Dotted path by names: ``"agent_groups.home.headcount"``,
            ``"contact_types.support.demand.per_day"``, ``"horizon.days"``. Items without a name of
            their own go by number: ``"agent_groups.home.shifts.0.start"``. Whole parts can be
            replaced: ``"agent_groups.home"``.
        value
            The new value.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            When the path is not known (with the names that are), or the result has problems.

        Examples
        --------
        >>> more = scenario.change("agent_groups.home.headcount", 48)  # doctest: +SKIP
        """
        if not isinstance(path, str) or not path:
            rule = f"must be a dotted path; it begins with {one_of(type(self).model_fields)}"
            raise ScenarioError([Problem("path", shown(path), rule)], "Scenario.change")
        return type(self)(**changed(self, path.split("."), value))

    def describe(self) -> str:
        """Return the scenario in plain words, with the defaults that matter spelled out."""
        return describe.in_words(self)

    def to_toml(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the scenario as a TOML document, and write it to a file when a path is given.

        Fields at their defaults are left out. ``Scenario.from_toml(text)`` gives an equal scenario.
        """
        return toml.write(self, path)

    @classmethod
    def from_toml(cls, path_or_text: str | os.PathLike[str]) -> Self:
        """Read a scenario from a TOML file, or from the text of one.

        Parameters
        ----------
        path_or_text
            A path; or text, told by its line breaks or its ``=``.

        Raises
        ------
        ScenarioError
            When the file is not there or not TOML, or the scenario has problems.
        """
        return cls.model_validate(toml.read(path_or_text))

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON schema (draft 2020-12) that a TOML document of a scenario follows."""
        schema = cls.model_json_schema(mode="validation")
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
