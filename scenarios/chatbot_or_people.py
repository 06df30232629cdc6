"""Should a chatbot stand in front of our people, or should people answer everybody?

A mail-order firm answers 1,200 customers a day by phone and chat. A vendor promises that a chatbot
would settle more than half of it at 35 cents a conversation. But some customers give up at a bot,
some it sends away content and wrong, who come back, and those it passes on wait with less patience.
Which is cheaper in the long run, counting the customers we lose and the contacts that come again?

    python scenarios/chatbot_or_people.py [--replications 12] [--weeks 4] [--short]

Everything here is assumed, and stated below in plain words: change it to your own. Both options
meet the same customers: without a bot they come through a menu that asks "phone or chat" and knows
nothing else. Each option gets the number of people that makes its own whole bill smallest.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import queuesim as qs
from queuesim.reporting import letter

PER_LOST = 25.0  # margin that goes with a customer who leaves and does not come back [EUR]
PER_REPEAT = 1.5  # goodwill for having to ask again, beside the agents' time [EUR]

# ------------------------------------------------------------------ who comes, who answers

HOURS = "09:00-21:00"  # every day
NOBODY_OWN = qs.Demand(per_day=0)  # phone and chat get everybody from the door

TRIES_AGAIN = qs.Return(share=0.55, delay=qs.Exponential(mean="40min"), max_attempts=3)
ASKS_AGAIN = qs.Return(share=0.75, delay=qs.Gamma(mean="24h", cv=0.05), max_attempts=3, to="phone")

PHONE = qs.ContactType(
    name="phone", channel="phone", demand=NOBODY_OWN, hours=HOURS,
    talk=qs.LogNormal(mean="4min40s", cv=0.9), wrap_up=qs.Exponential(mean="40s"),
    patience=qs.Exponential(mean="3min30s"), target=qs.ServiceTarget(share=0.80, within="30s"),
    redial=TRIES_AGAIN, repeat=ASKS_AGAIN,
)  # fmt: skip
CHAT = qs.ContactType(
    name="chat", channel="chat", demand=NOBODY_OWN, hours=HOURS,
    talk=qs.LogNormal(mean="8min", cv=0.7), patience=qs.Exponential(mean="5min"),
    target=qs.ServiceTarget(share=0.80, within="60s"), redial=TRIES_AGAIN, repeat=ASKS_AGAIN,
)  # fmt: skip
DEMAND = qs.Demand(per_day=1200, day="retail", week=(1.2, 1.1, 1, 1, 1, 0.6, 0.5), busyness=0.12)

MENU = qs.FrontDoor(contains=0.0, to={"phone": 0.7, "chat": 0.3})
BOT = qs.FrontDoor(
    contains=0.50,  # the vendor says 0.60, of other firms' customers
    resolution=0.80,  # one in five of those is settled in the bot's books only
    to={"phone": 0.62, "chat": 0.30},  # the rest of those it fails, 8 %, give up then and there
    patience_factor=0.7,  # who has explained it all to a bot waits less long
    per_contact=0.35,
)


def centre(door: qs.FrontDoor, people: int, weeks: int) -> qs.Scenario:
    """The centre from February 2027 with one front door and a number of people."""
    is_bot = door.per_contact > 0
    entrance = qs.ContactType(
        name="door", channel="self_service", demand=DEMAND, hours=HOURS,
        talk=qs.LogNormal(mean="2min30s", cv=0.6) if is_bot else qs.Deterministic(value="5s"),
        target=None, repeat=ASKS_AGAIN, front_door=door,
    )  # fmt: skip
    harder = 1.10 if is_bot else 1.0  # what a bot leaves over is the harder part
    team = qs.AgentGroup(
        name="team",
        skills=tuple(
            qs.Skill(name, handle_factor=harder, resolution=0.88) for name in ("phone", "chat")
        ),
        headcount=people, shrinkage=0.25, concurrency={"chat": 3}, pace={"chat": (1.0, 1.6, 2.0)},
        contract=qs.InHouse(per_hour=19.0, on_costs=0.24),
    )  # fmt: skip
    horizon = qs.Horizon(start="2027-02-01", days=7 * weeks, timezone="Europe/Vienna")
    return qs.Scenario(
        name="bot or people", contact_types=(entrance, PHONE, CHAT), agent_groups=(team,),
        horizon=horizon,
    )  # fmt: skip


# ------------------------------------------------------------------ the whole bill

Values = NDArray[np.float64]
LEFT = ("abandoned", "balked", "blocked", "turned_away", "passed_on")
CAME_AGAIN = ("redials", "from_front_door")  # … of those who left, or were passed on


def count(result: qs.Result, *names: str) -> Values:
    """How many a week, one number a replication."""
    weeks = result.scenario.horizon.days / 7
    return np.sum([result.values(name)[0] for name in names], axis=0) / weeks


def lost(result: qs.Result) -> Values:
    """Customers a week who left unserved, or gave up at the bot, and did not come again."""
    return count(result, *LEFT) - count(result, *CAME_AGAIN)


def silent(result: qs.Result) -> Values:
    """Customers a week who were served, not helped, and did not come again."""
    return count(result, "customers") - count(result, "resolved", "unresolved") - lost(result)


def bill(result: qs.Result) -> Values:
    """Money a week: people and bot, customers lost, contacts that came again."""
    repeats = count(result, "repeats")
    return count(result, "cost") + PER_LOST * lost(result) + PER_REPEAT * repeats


BILL = qs.OwnMeasure(label="the whole bill", of=bill, unit="currency", better="low")
ROWS = (
    qs.OwnMeasure(label="customers", of=lambda r: count(r, "customers")),
    qs.OwnMeasure(label="contacts with people", of=lambda r: count(r, "handled")),
    qs.OwnMeasure(label="repeat contacts", of=lambda r: count(r, "repeats")),
    qs.OwnMeasure(label="customers lost", of=lost),
    qs.OwnMeasure(label="not helped, never came again", of=silent),
    qs.OwnMeasure(label="paid for people and bot", of=lambda r: count(r, "cost"), unit="currency"),
    BILL,
)


def bot(contains: float, resolution: float) -> str:
    """What the tables call a bot."""
    return f"bot contains {100 * contains:.0f} % settles {100 * resolution:.0f} %"


# ------------------------------------------------------------------ the letter


PEOPLE = range(16, 21)
CONTAINED, HELPED = (0.3, 0.4, 0.5, 0.6), (0.6, 0.8, 0.95)


def main() -> None:
    """Find each option's best team, play those again, then ask where the answer turns."""
    terms = letter.terms(
        __file__, __doc__, replications=12, weeks=4, short={"replications": 3, "weeks": 1}
    )
    weeks, n = terms["weeks"], terms["replications"]
    asked = ((0.5, 0.8),) if terms.short else tuple(product(CONTAINED, HELPED))
    kinds = {"people": [f"people, {k}" for k in PEOPLE]}
    cases = {f"people, {k}": centre(MENU, k, weeks) for k in PEOPLE}
    for contains, resolution in asked:
        door = BOT.model_copy(update={"contains": contains, "resolution": resolution})
        middle = round(19.5 - 17 * contains)  # teams around what such a bot leaves to do
        teams = {f"{bot(contains, resolution)}, {k}": k for k in range(middle - 2, middle + 3)}
        kinds[bot(contains, resolution)] = list(teams)
        cases |= {name: centre(door, k, weeks) for name, k in teams.items()}
    print(f"Playing {len(cases)} cases of {weeks} weeks, {n} times …")
    tried = qs.compare(cases, replications=n, seed=31)
    best = {kind: tried.best(BILL, among=names) for kind, names in kinds.items()}
    found = qs.compare(  # other chance than the one that chose the teams
        {name: cases[name] for name in best.values()}, replications=n, seed=32
    )

    ours, theirs = best["people"], best[bot(0.5, 0.8)]
    print(
        f"\nA WEEK, each with the team that makes its bill smallest\n{'':38}people only  a bot first"
    )
    print(f"{'people in the team':28}{team_of(ours):>20}{team_of(theirs):>20}")
    for row in ROWS:
        said = [found[option].measure(row).text for option in (ours, theirs)]
        print(f"{row.label:28}{said[0]:>20}{said[1]:>20}")
    print("\nWHERE IT TURNS: what the bot costs a week beyond people only, at best teams [EUR]")
    gaps = {each: found.difference(BILL, best[bot(*each)], against=ours) for each in asked}
    for each, more in gaps.items():
        verdict = "people" if more.low > 0 else "bot" if more.high < 0 else "not settled"
        print(
            f"  {bot(*each)}, {team_of(best[bot(*each)]):2} people "
            f"{more.value:+9,.0f} ({more.low:+,.0f} to {more.high:+,.0f})  cheaper: {verdict}"
        )
    terms.save(turns=picture(gaps))

    print(f"\nCAVEATS\n{caveats(found, ours, theirs)}")
    more = gaps[0.5, 0.8]
    better, worse = (
        ("people only", "a chatbot") if more.value > 0 else ("the chatbot", "people only")
    )
    low, high = sorted((abs(more.low), abs(more.high)))
    sure = f"({low:,.0f} to {high:,.0f})" if more.low * more.high > 0 else "(which is not settled)"
    print(
        f"\nDecision: {better}, if it contains half of the contacts and settles 80 % of those; it "
        f"costs {abs(more.value):,.0f} EUR {sure} a week less than {worse}, everything counted."
    )


def team_of(option: str) -> str:
    """How many people an option has."""
    return option.rpartition(", ")[2]


def picture(gaps: dict[tuple[float, float], qs.Estimate]) -> Axes:
    """What the bot costs beyond people only, over what it contains and settles."""
    return qs.plots.lines(
        {
            f"settles {100 * settles:.0f} % of these": {
                100 * contains: more for (contains, helps), more in gaps.items() if helps == settles
            }
            for settles in dict.fromkeys(helps for _, helps in gaps)
        },
        title="What a chatbot costs beyond people only",
        below="the whole bill: people, bot, customers lost and repeat contacts · best team of each",
        x="contacts that the bot contains [%]", y="bot, less people only, a week", target=0.0,
        target_text="above it\npeople only\nare cheaper", note="All on the same customers.",
    )  # fmt: skip


def price(amount: float) -> str:
    """A price in print; below 0 there is none."""
    return f"{amount:,.0f} EUR" if amount > 0 else "no price at all"


def caveats(found: qs.Comparison, ours: str, theirs: str) -> str:
    """What this letter does not say, with the price at which it would say something else."""
    extra = silent(found[theirs]).mean() - silent(found[ours]).mean()
    fewer = lost(found[ours]).mean() - lost(found[theirs]).mean()
    more = found.difference(BILL, theirs, against=ours).value
    turns_at, turns_silent = price(PER_LOST + more / fewer), price(-more / extra)
    return f"""\
- A lost customer counts {PER_LOST:g} EUR. With these teams the answer turns at {turns_at}.
- "Never came again" are those sent away with a wrong answer: {extra:+,.0f} a week with the bot. They
  are in no bill; the answer turns if each counts {turns_silent}.
- The whole bill is what is paid, {PER_LOST:g} EUR for each customer lost and {PER_REPEAT:g} EUR for each repeat.
- What the bot contains and settles is a guess. Ask the vendor for settled cases, not for contained
  ones: measure who comes back within two days, on a tenth of the customers, before signing.
- Setting up the bot, hiring and notice are left out, and customers who learn to shun a bot too.
- Who would come back on the day after the last is not seen."""


if __name__ == "__main__":
    main()
