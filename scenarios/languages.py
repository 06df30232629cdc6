"""Three small language lines: people for each, or people who help each other out?

A webshop in Helsinki answers in Swedish, English and German. Each line is small, so each needs slack
of its own. Everybody could be trained to take the other two languages when their own line is
quiet: slower there, and for a language premium on the wage. How many people does that save at the
same promise, 80 % within 30 s in *every* language, and how much slower may the second language be
before it no longer pays?

    python scenarios/languages.py [--replications 30] [--weeks 4] [--short]

Assumed, all of it: 140 Swedish, 100 English and 70 German calls on a working day, 08 to 18; talk of
4 min 30 s and 45 s of wrap-up; callers give up after 4 minutes on average; days scatter by 10 %, half of
it in common. People cost 24 EUR an hour and 22 % on top; 25 % of paid time is training and meetings.
The premium is 6 % of the wage, for everybody who is trained. A caller meets somebody of the own
language first, if one is free.
"""

from __future__ import annotations

import argparse

import queuesim as qs

PER_DAY = {"Swedish": 140.0, "English": 100.0, "German": 70.0}
TARGET, PREMIUM, WAGE = 0.80, 0.06, 24.0
SLOWER = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
Team = dict[str, int]


def centre(team: Team, weeks: int, *, slower: float | None) -> qs.Scenario:
    """The three lines; `slower` is the handle factor in a second language; None: nobody is trained."""

    def line(language: str) -> qs.ContactType:
        return qs.ContactType(
            name=language,
            channel="phone",
            demand=qs.Demand(
                per_day=PER_DAY[language],
                day="office",
                week=(1.15, 1.05, 1, 0.95, 0.85, 0, 0),
                busyness=0.10,
                shared=0.5,
            ),
            talk=qs.LogNormal(mean="4min30s", cv=0.8),
            wrap_up=qs.Exponential(mean="45s"),
            patience=qs.Exponential(mean="4min"),
            target=qs.ServiceTarget(share=TARGET, within="30s"),
        )

    def people(first: str) -> qs.AgentGroup:
        others = [name for name in PER_DAY if name != first] if slower is not None else []
        second = (qs.Skill(name, rank=2, handle_factor=slower) for name in others)
        return qs.AgentGroup(
            name=f"{first} speakers",
            skills=(qs.Skill(first), *second),
            headcount=team[first],
            shrinkage=0.25,
            contract=qs.InHouse(
                per_hour=WAGE * (1 + (0 if slower is None else PREMIUM)), on_costs=0.22
            ),
        )

    return qs.Scenario(
        name="separate" if slower is None else f"cross-trained {slower * 100:.0f}",
        contact_types=tuple(line(name) for name in PER_DAY),
        agent_groups=tuple(people(name) for name in PER_DAY if team[name]),
        horizon=qs.Horizon(start="2026-10-05", days=7 * weeks, timezone="Europe/Helsinki"),
    )


def levels(result: qs.Result) -> dict[str, qs.Estimate]:
    """Service level of each language."""
    return {name: result.measure("service_level", contact_type=name) for name in PER_DAY}


def smallest_team(weeks: int, replications: int, *, slower: float | None) -> Team:
    """Start small and add one person to the worst language until all surely meet the target; then
    take away whoever is not needed."""

    def low(team: Team) -> dict[str, float]:
        result = qs.simulate(
            centre(team, weeks, slower=slower), replications=replications, seed=11, progress=False
        )
        return {name: level.low for name, level in levels(result).items()}

    team = {"Swedish": 4, "English": 3, "German": 3}
    while min((sure := low(team)).values()) < TARGET:
        team[min(sure, key=lambda name: sure[name])] += 1
    for name in sorted(team, key=lambda each: team[each]):
        fewer = team | {name: team[name] - 1}
        if fewer[name] and min(low(fewer).values()) >= TARGET:
            team = fewer
    return team


def main() -> None:
    """Find the smallest teams, hold them against fresh chance, decide."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=30)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--short", action="store_true", help="a few seconds, to see that it runs")
    arguments = parser.parse_args()
    factors = (1.0, 1.6) if arguments.short else SLOWER
    replications, weeks = (6, 1) if arguments.short else (arguments.replications, arguments.weeks)

    print(f"Looking for the smallest teams over {weeks} weeks, {replications} times each …")
    teams: dict[float | None, Team] = {
        slower: smallest_team(weeks, replications, slower=slower) for slower in (None, *factors)
    }
    scenarios = {slower: centre(teams[slower], weeks, slower=slower) for slower in teams}
    fresh = qs.compare(  # other chance than the one that chose the teams
        {each.name: each for each in scenarios.values()}, replications=replications, seed=12
    )
    print(
        f"\n{'':24} people  (sv, en, de)   lowest service level    cost [EUR / {weeks} weeks]"
        "   against separate"
    )
    pays: dict[float, bool] = {}
    for slower, scenario in scenarios.items():
        result, team = fresh[scenario.name], teams[slower]
        name, worst = min(levels(result).items(), key=lambda pair: pair[1].value)
        line = (
            f"{scenario.name:24} {sum(team.values()):6}  {tuple(team.values())!s:13}  "
            f"{worst.text:>12} {name:8}  {result.measure('cost').text:>20}"
        )
        if slower is not None:
            more = fresh.difference("cost", scenario.name, against="separate")
            pays[slower] = more.high < 0
            line += f"   {more.text:>18}"
        print(line)

    people = sum(teams[None].values())
    saved = {slower: people - sum(teams[slower].values()) for slower in factors}
    break_even = {slower: people / (people - saved[slower]) - 1 for slower in factors}
    print("\nPremium up to which it pays: " + ", ".join(
        f"× {slower:g}: {premium:.0%}" for slower, premium in break_even.items()
    ))  # fmt: skip
    lasting = [slower for n, slower in enumerate(factors) if all(pays[f] for f in factors[: n + 1])]
    if lasting:
        limit = lasting[-1]
        tried = "the slowest that was tried" if limit == factors[-1] else "beyond that it does not"
        print(
            f"\nDecision: cross-train. It saves {saved[factors[0]]} of {people} people if the second "
            f"language costs no time, {saved[limit]} if handling takes {limit:g} times as long, where "
            f"it still pays at a premium of {PREMIUM:.0%} ({tried})."
        )
    else:
        print(
            f"\nDecision: keep the lines separate; a premium of {PREMIUM:.0%} eats what is saved."
        )
    print(f"\nCAVEATS\n{CAVEATS}")


CAVEATS = """\
People come in whole numbers: a saving of one can hang on half a person, and the limit above is the
step at which a person more is needed, not a law. Cross-trained people are taken to resolve as much
in the second language as in the first; what training costs and how long it takes is not counted,
nor that people with three languages are hard to find and hard to keep. Each team is the smallest
that a search by single steps found, not proved to be the smallest. Nobody rings again after giving up."""


if __name__ == "__main__":
    main()
