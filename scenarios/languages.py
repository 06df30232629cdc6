"""Three small language lines: people for each, or people who help each other out?

A webshop in Helsinki answers in Swedish, English and German. Each line is small, so each needs slack
of its own. Everybody could be trained to take the other two languages when their own line is
quiet: slower there, and for a language premium on the wage. How many people does that save at the same promise, 80 % within 30 s in *every* language? How much slower may the second language be, and how high
the premium, before separate lines are cheaper?

    python scenarios/languages.py [--replications 30] [--weeks 4] [--short]

Assumed, all of it: 140 Swedish, 100 English and 70 German calls on a working day, 08 to 18; talk of
4 min 30 s and 45 s of wrap-up; callers give up after 4 minutes on average; days scatter by 10 %, half of
it in common. People cost 24 EUR an hour and 22 % on top; 25 % of paid time is training and meetings.
The premium is 6 % of the wage, for everybody who is trained. A caller meets somebody of the own
language first, if one is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

from matplotlib.axes import Axes

import queuesim as qs
from queuesim.experiments import Furthest
from queuesim.reporting import letter
from queuesim.reporting.style import BLUE, INK, footnote, heading, page, target_label

PER_DAY = {"Swedish": 140.0, "English": 100.0, "German": 70.0}
TARGET, PREMIUM, WAGE = 0.80, 0.06, 24.0
FACTORS = [round(1 + 0.05 * n, 2) for n in range(61)]  # of the handle time, that are tried: 1 to 4
Team = dict[str, int]


def centre(team: Team, weeks: int, *, slower: float | None) -> qs.Scenario:
    """The three lines; `slower` is the handle factor in a second language; None: nobody is trained."""

    def line(language: str) -> qs.ContactType:
        return qs.ContactType(
            name=language, channel="phone",
            demand=qs.Demand(
                per_day=PER_DAY[language],
                day="office",
                week=(1.15, 1.05, 1, 0.95, 0.85, 0, 0),
                busyness=0.10,
                shared=0.5,
            ),
            talk=qs.LogNormal(mean="4min30s", cv=0.8), wrap_up=qs.Exponential(mean="45s"),
            patience=qs.Exponential(mean="4min"),
            target=qs.ServiceTarget(share=TARGET, within="30s"),
        )  # fmt: skip

    def people(first: str) -> qs.AgentGroup:
        others = [name for name in PER_DAY if name != first] if slower is not None else []
        second = (qs.Skill(name, rank=2, handle_factor=slower) for name in others)
        return qs.AgentGroup(
            name=f"{first} speakers", skills=(qs.Skill(first), *second), headcount=team[first],
            shrinkage=0.25,
            contract=qs.InHouse(
                per_hour=WAGE * (1 + (0 if slower is None else PREMIUM)), on_costs=0.22
            ),
        )  # fmt: skip

    return qs.Scenario(
        name="separate" if slower is None else f"cross-trained {slower * 100:.0f}",
        contact_types=tuple(line(name) for name in PER_DAY),
        agent_groups=tuple(people(name) for name in PER_DAY if team[name]),
        horizon=qs.Horizon(start="2026-10-05", days=7 * weeks, timezone="Europe/Helsinki"),
    )


def worst(result: qs.Result) -> tuple[str, qs.Estimate]:
    """The language that fares worst, and its service level."""
    levels = {name: result.measure("service_level", contact_type=name) for name in PER_DAY}
    return min(levels.items(), key=lambda pair: pair[1].low)


def shared_out(people: int) -> list[Team]:
    """Ways to share people out over the lines: each within one and a half of its part of the calls."""
    part = {name: people * calls / sum(PER_DAY.values()) for name, calls in PER_DAY.items()}
    ways = product(*(range(1, people) for _ in PER_DAY))
    return [
        team
        for team in (dict(zip(PER_DAY, way, strict=True)) for way in ways if sum(way) == people)
        if all(abs(team[name] - part[name]) < 1.5 for name in PER_DAY)
    ]


def ways(people: int, slower: float | None, *, weeks: int) -> dict[str, qs.Scenario]:
    """The centre with so many people, shared out in each of these ways."""
    return {
        str(tuple(team.values())): centre(team, weeks, slower=slower) for team in shared_out(people)
    }


@dataclass(frozen=True)
class Saving:
    """A smaller team, and how slow the second language may be for it."""

    people: int
    found: Furthest[float]

    @property
    def last(self) -> float:
        """Up to here it surely keeps the promise."""
        return self.found.value or 1.0

    @property
    def not_after(self) -> float:
        """After this it surely does not."""
        return self.found.perhaps or self.last


def main() -> None:
    """Find how slow the second language may be for each smaller team, check with fresh chance, decide."""
    asked = letter.terms(
        __file__, __doc__, replications=30, weeks=4, short={"replications": 4, "weeks": 1}
    )
    replications, weeks = asked["replications"], asked["weeks"]
    search = partial(
        qs.furthest, service_level=TARGET, each_type=True,
        replications=replications, seed=11, progress=False,
    )  # fmt: skip

    print(f"Looking for the smallest teams over {weeks} weeks, {replications} times each …")
    separate = search(partial(ways, slower=None, weeks=weeks), range(24, len(PER_DAY) - 1, -1))
    people = separate.value or 24
    found: list[Saving] = []
    for fewer in range(people - 1, 0, -1):
        factors = search(
            partial(ways, fewer, weeks=weeks),
            FACTORS[::10] if asked.short else FACTORS,
        )
        if factors.value is None:
            break
        found.append(Saving(fewer, factors))
    scenarios = {"separate": separate.scenario}
    scenarios |= {f"{each.people} people": each.found.scenario for each in found}
    fresh = qs.compare(scenarios, replications=replications, seed=12)  # not what chose the teams

    print(f"\n{HEADER}\n{row(fresh, 'separate', separate, weeks)}")
    for each in found:
        print(
            f"{row(fresh, f'{each.people} people', each.found, weeks)}  {f'{each.last:g} (surely not over {each.not_after:g})':28}"
            f"{100 * (people / each.people - 1):8.0f} %"
        )
    asked.save(premium=picture(people, found))

    print(f"\nCAVEATS\n{CAVEATS}\n")
    paying = [each for each in found if people / each.people - 1 > PREMIUM]
    if not paying:
        print(
            f"Decision: keep the lines separate; a premium of {100 * PREMIUM:.0f} % eats what is saved."
        )
        return
    limit, least = (
        max(paying, key=lambda each: each.last),
        min(paying, key=lambda each: each.people),
    )
    less = fresh.difference("cost", "separate", against=f"{limit.people} people")
    print(
        f"Decision: cross-train if a second language takes at most {limit.last:g} times as long. "
        f"{limit.people} people then keep the promise instead of {people}, which at our premium of "
        f"{100 * PREMIUM:.0f} % saves {a_week(less, weeks)}, and would save something at any premium below "
        f"{100 * (people / limit.people - 1):.0f} %. Over {limit.not_after:g} times separate lines surely are cheaper, "
        f"at our premium and at any higher one. At no more than {least.last:g} times, "
        f"{least.people} people do, and it pays up to a premium of {100 * (people / least.people - 1):.0f} %."
    )


def row(fresh: qs.Comparison, option: str, found: Furthest[Any], weeks: int) -> str:
    """One line of the table, from chance that did not choose the teams."""
    language, level = worst(fresh[option])
    return (
        f"{option:10} {found.best.option if found.best else '':12} {level.text:>12} {language:8} "
        f"{a_week(fresh[option].measure('cost'), weeks):>24}"
    )


def a_week(cost: qs.Estimate, weeks: int) -> str:
    """Money a week, with its interval."""
    return f"{cost.value / weeks:,.0f} ± {max(cost.half_width / weeks, 1):,.0f} EUR a week"


def picture(people: int, found: list[Saving]) -> Axes:
    """The premium up to which it pays over how slow the second language is."""
    with page(None) as ax:
        right = max((each.not_after for each in found), default=1.0) + 0.5
        steps = sorted(found, key=lambda each: each.people)
        edges = [1.0, *(each.last for each in steps), right]
        heights = [100 * (people / each.people - 1) for each in steps]
        ax.stairs([*heights, 0], edges, color=BLUE, linewidth=2.4, fill=False)
        ax.stairs([*heights, 0], edges, color=BLUE, alpha=0.15, fill=True)
        unsettled = [1.0, *(each.not_after for each in steps)]
        below = [*heights[1:], 0]
        for begin, each, height, next_height in zip(unsettled, steps, heights, below, strict=False):
            ax.fill_betweenx([next_height, height], each.last, each.not_after, facecolor="none", edgecolor=BLUE, hatch="////", linewidth=0)  # fmt: skip
            ax.annotate(f"{each.people} people\ninstead of {people}", (begin, height), (6, 5), textcoords="offset points")  # fmt: skip
        ax.axhline(100 * PREMIUM, color=INK, linewidth=1.6, linestyle="--")
        target_label(ax, 100 * PREMIUM, f"our premium\n{100 * PREMIUM:.0f} %")
        ax.set(xlim=(1, right), ylim=(0, 1.3 * max(heights, default=10)))
        ax.set(xlabel="handle time in the second language, times that in the first")
        ax.set(ylabel="premium on the wage [%]")
        ax.annotate("separate lines\nare cheaper", (0.97, 0.93), xycoords="axes fraction", ha="right", va="top", fontweight="bold")  # fmt: skip
        ax.annotate("cross-training is cheaper", (1.04, 100 * PREMIUM), (2, 6), textcoords="offset points", fontweight="bold")  # fmt: skip
        heading(
            ax,
            "Up to which premium cross-training pays",
            f"80 % within 30 s in each of {len(PER_DAY)} languages · {sum(PER_DAY.values()):.0f} calls a day",
        )
        footnote(
            ax,
            "Hatched: whether the smaller team is still enough is not settled at 95 % confidence.",
        )
    return ax


HEADER = """\
Teams that keep the promise, the cross-trained ones at the slowest second language for which they surely
do; checked on fresh chance
                        lowest                                         second language may       cheaper up to
people     (sv, en, de) service level           cost with our premium  take so many times        a premium of"""

CAVEATS = """\
- People come in whole numbers, so the limit is the step at which one more is needed. "Surely" is the
  95 % interval of the worst language; between the two factors of a step the plays do not settle it.
- Of each number of people all splits near the calls' own were tried, not every one.
- Cross-trained people are taken to resolve as much in the second language as in the first; what
  training costs and how long it takes is not counted, nor that people with three languages are hard to
  find and to keep. Nobody rings again after giving up."""


if __name__ == "__main__":
    main()
