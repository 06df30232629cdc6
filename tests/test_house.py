"""The house: floors are layers, and no module grows into two things."""

from __future__ import annotations

import ast
import pkgutil
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "queuesim"

FLOOR = {
    "__version__": 0,
    "theory": 0,
    "errors": 0,
    "units": 0,
    "compiling": 0,
    "unsigned_indices": 0,
    "clock": 0,
    "model": 1,
    "sampling": 2,
    "engines": 3,
    "results": 4,
    "experiments": 5,
    "planning": 6,
    "watching": 6,
    "history": 6,
    "reporting": 7,
    "cli": 7,
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def floor_of(dotted: str) -> int:
    parts = dotted.split(".")
    # `import queuesim` itself sees every floor
    return FLOOR[parts[1]] if len(parts) > 1 else 99


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            if node.module == "queuesim":
                found |= {f"queuesim.{alias.name}" for alias in node.names}
            elif node.module:
                found.add(node.module)
    return {name for name in found if name.split(".")[0] == "queuesim"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_from_its_own_floor_or_below(path: Path) -> None:
    place = path.relative_to(PACKAGE).with_suffix("").parts
    if place == ("__init__",):
        return
    own = FLOOR[place[0]]
    upward = {name for name in imports(path) if floor_of(name) > own}
    assert not upward, f"{path.name} on floor {own} imports {sorted(upward)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_is_one_thing(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_the_engines_share_no_rule_with_the_planner_or_the_results() -> None:
    for path in (PACKAGE / "engines").glob("*.py"):
        assert not {n for n in imports(path) if floor_of(n) > FLOOR["engines"]}


def test_every_public_name_can_be_had() -> None:
    import queuesim

    for name in queuesim.__all__:
        assert getattr(queuesim, name) is not None


def named_in(text: str) -> set[str]:
    """Return what a text names as ours in backticks: modules, classes, functions."""
    return {name.rstrip(".") for name in re.findall(r"`(queuesim\.[A-Za-z_.]+)`", text)}


def is_there(dotted: str) -> bool:
    """Whether a dotted name leads to something, through modules and then attributes."""
    try:
        pkgutil.resolve_name(dotted)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.mark.parametrize(
    "path",
    [*MODULES, *sorted(PACKAGE.parent.glob("*.md"))],
    ids=lambda path: str(path.relative_to(PACKAGE.parent)),
)
def test_what_a_page_names_is_there(path: Path) -> None:
    """A name that moved must move in the docstrings and pages that point to it."""
    assert [name for name in named_in(path.read_text()) if not is_there(name)] == []


def test_a_name_that_moved_would_be_found() -> None:
    text = "see `queuesim.results.Result` and `queuesim.results.Outcome`, not `numpy.abs`"
    assert [name for name in sorted(named_in(text)) if not is_there(name)] == [
        "queuesim.results.Outcome"
    ]
