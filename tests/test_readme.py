"""The README is run: its Python blocks, in order, must print what stands below them."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(python|text)\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_python_blocks_print_what_stands_below_them() -> None:
    names: dict[str, object] = {}
    shown = 0
    for k, (kind, code) in enumerate(BLOCKS):
        if kind != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(code, f"README block {k}", "exec"), names)
        if k + 1 < len(BLOCKS) and BLOCKS[k + 1][0] == "text":
            assert printed.getvalue().splitlines() == BLOCKS[k + 1][1].splitlines()
            shown += 1
    assert shown >= 2


def test_the_first_example_has_about_twenty_lines() -> None:
    first = next(code for kind, code in BLOCKS if kind == "python")
    assert len([line for line in first.splitlines() if line.strip()]) <= 22


def test_both_commands_are_marked() -> None:
    for name in ("main job", "tests"):
        assert README.count(f"<!-- command: {name} -->\n```bash\n") == 1


def test_files_named_in_the_readme_exist() -> None:
    named = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [name for name in named if "://" not in name and not (ROOT / name).exists()]
    assert not missing
