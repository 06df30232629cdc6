"""Changing one value of a scenario, by the path of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from queuesim.errors import Problem, ScenarioError
from queuesim.model.base import Model
from queuesim.model.faults import did_you_mean, label, one_of, quoted
from queuesim.model.hours import Hours


def changed(part: Any, steps: Sequence[str], value: Any, done: tuple[str, ...] = ()) -> Any:
    """Return a part as plain content, with one place of it changed.

    Parameters
    ----------
    part
        A part of the model, or a table or list in one.
    steps
        The path from the part to the place, by names.
    value
        What comes there; checking it is left to whoever builds the scenario from this.
    done
        The path to the part, for messages.

    Returns
    -------
    dict, tuple or value
        Fields of a part, entries of a table or items of a list, from which it can be built again.

    Raises
    ------
    ScenarioError
        When a step is not known, with those that are.
    """
    if not steps:
        return value
    step, further = steps[0], steps[1:]
    if isinstance(part, Hours) and step != "days":
        part = part.days
    places = _places(part)
    new_entry = isinstance(part, dict) and not further
    if step not in places and not new_entry:
        raise _unknown(part, step, places, done)
    key = places.get(step, step)
    if isinstance(part, tuple):
        new = changed(part[key], further, value, (*done, step))
        return (*part[:key], new, *part[key + 1 :])
    content = part._fields() if isinstance(part, Model) else dict(part)
    content[key] = changed(content.get(key), further, value, (*done, step))
    return content


def _places(part: Any) -> dict[str, Any]:
    """Return the steps that lead further from a part, with the key of each."""
    if isinstance(part, Model):
        return {name: name for name in type(part).model_fields}
    if isinstance(part, dict):
        return {str(key): key for key in part}
    if isinstance(part, tuple):
        numbers = {str(index): index for index in range(len(part))}
        return numbers | {label(item, part, index): index for index, item in enumerate(part)}
    return {}


def _unknown(part: Any, step: str, places: dict[str, Any], done: tuple[str, ...]) -> ScenarioError:
    here = ".".join(done) or "the scenario"
    names = [name for name in places if not name.isdigit()] or list(places)
    if part is None:
        rule, fix = f"{here} is not set", f"give the whole of it: change({quoted(here)}, …)"
    elif not names:
        rule, fix = f"{here} has no parts", f"change {quoted(here)} itself"
    else:
        rule, fix = f"{here} has {one_of(names)}", did_you_mean(step, names)
    problem = Problem(".".join((*done, step)), quoted(step), rule, fix)
    return ScenarioError([problem], "Scenario.change")
