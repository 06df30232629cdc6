"""The examples in the documentation run, and every public name has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

from queuesim import theory

MODULES = ["queuesim.theory"] + [
    f"queuesim.theory.{m.name}" for m in pkgutil.iter_modules(theory.__path__)
]
FUNCTIONS = [n for n in theory.__all__ if inspect.isfunction(getattr(theory, n))]
ANSWERS = [n for n in theory.__all__ if inspect.isclass(getattr(theory, n))]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_print(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_states_inputs_result_errors_and_an_example(name):
    text = inspect.getdoc(getattr(theory, name)) or ""
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"\n{section}\n---" in text, section
    for parameter in inspect.signature(getattr(theory, name)).parameters.values():
        assert parameter.name in text.split("Returns\n---")[0]
        first = next(iter(inspect.signature(getattr(theory, name)).parameters)) == parameter.name
        assert first or parameter.kind is parameter.KEYWORD_ONLY


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_frozen_and_explains_every_field(name):
    answer = getattr(theory, name)
    assert answer.__dataclass_params__.frozen
    for field in answer.__dataclass_fields__:
        assert field.startswith("_") or field in inspect.getdoc(answer)


def test_the_exports_are_complete():
    assert len(set(theory.__all__)) == len(theory.__all__)
    for name in theory.__all__:
        assert getattr(theory, name) is not None
