"""What every letter to a planner needs: terms from the command line, pictures in a folder."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

_DPI = 150


@dataclass(frozen=True)
class Terms:
    """How a letter is to be played.

    Attributes
    ----------
    numbers : dict of str to int
        What was asked for: ``terms["replications"]``.
    short : bool
        Whether the short form was asked for.
    output : pathlib.Path
        Folder for the pictures.
    """

    numbers: dict[str, int]
    short: bool
    output: Path

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]

    def save(self, **pictures: Axes | Figure) -> None:
        """Save pictures by name in the folder, and say where."""
        print()
        for path in save(pictures, self.output):
            print(f"saved {path}")


def terms(
    file: str,
    about: str | None,
    *,
    short: Mapping[str, int] | None = None,
    given: Sequence[str] | None = None,
    **numbers: int,
) -> Terms:
    """Read how a letter is to be played: ``--replications 20 --weeks 4 --output DIR --short``.

    Parameters
    ----------
    file : str
        The letter's ``__file__``; pictures go to ``output/<its name>``.
    about : str or None
        Its ``__doc__``; the first line is its help.
    short : mapping of str to int, optional
        Numbers of its short form; None: it has none.
    given : sequence of str, optional
        The command line; None: this process's own.
    **numbers : int
        What can be asked for, and its default; each becomes an option.

    Returns
    -------
    Terms

    Raises
    ------
    ValueError
        When the short form names a number that is none of the letter's.

    Examples
    --------
    >>> asked = terms("letters/night.py", "Who answers?", replications=20, weeks=4,
    ...               short={"weeks": 1}, given=["--short", "--replications", "5"])
    >>> asked["replications"], asked["weeks"], asked.output.as_posix()
    (5, 1, 'output/night')
    """
    stray = [name for name in short or {} if name not in numbers]
    if stray:
        raise ValueError(f"short names {stray[0]!r}, which is none of {', '.join(numbers)}")
    parser = argparse.ArgumentParser(prog=Path(file).name, description=(about or "").split("\n")[0])
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=_whole, help=f"default {default}")
    parser.add_argument("--output", type=Path, default=Path("output") / Path(file).stem)
    if short is not None:
        listed = ", ".join(f"{value} {name}" for name, value in short.items())
        parser.add_argument("--short", action="store_true", help=f"a small form: {listed}")
    found: dict[str, Any] = vars(parser.parse_args(given))
    brief = bool(found.get("short"))
    defaults = {**numbers, **(short or {})} if brief else numbers
    asked = {n: defaults[n] if found[n] is None else found[n] for n in numbers}
    return Terms(asked, brief, found["output"])


def _whole(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: must be a whole number, 1 or more")
    return number


def save(pictures: Mapping[str, Axes | Figure], folder: str | Path) -> list[Path]:
    """Save pictures as PNG files.

    Parameters
    ----------
    pictures : mapping of str to Axes or Figure
        By name of the file, without its ending.
    folder : str or pathlib.Path
        Made if it is not there.

    Returns
    -------
    list of pathlib.Path

    Examples
    --------
    >>> import queuesim as qs
    >>> qs.plots.save({"options": qs.plots.options(comparison)}, "pictures")   # doctest: +SKIP
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, picture in pictures.items():
        figure: Any = picture.figure if isinstance(picture, Axes) else picture
        while isinstance(figure, SubFigure):
            figure = figure.figure
        if not isinstance(figure, Figure):
            raise TypeError(
                f"{name!r}: axes or a figure can be saved, not {type(picture).__name__}"
            )
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=_DPI)
        paths.append(path)
    return paths
