"""WhatsApp, tried out with a partner: what must the trial show, and how long must it last?

Part of our callers would rather write. A partner would answer them; its people start in week 4, after
a lead time of three weeks. We decide before the trial what it must show, and how many weeks are needed
to tell a partner who settles matters from one who only answers.

    python scenarios/new_channel_trial.py [--replications 60] [--short]

Assumed, all of it: one region, 80 calls a working day, 5 min with wrap-up; 20 % of them move to WhatsApp
(also shown: 10 and 30 %). A message is 3 minutes of work, and after an answer 60 % write again, up to
three times. Of the matters that are not settled, 80 % ring us within a day or so. The partner takes
0.60 EUR a minute, 600 EUR a month at least. Good is a partner who settles 95 % of matters,
poor one who settles 75 %.
"""

from __future__ import annotations

import argparse

import numpy as np

import queuesim as qs

START, LEAD, PILOT = "2027-03-01", 3, 12  # weeks before the start, weeks of the trial at most
GOOD, POOR, ERR = 0.95, 0.75, 0.10
PHONE_COST = (
    5.0 / 60 * 25 * 1.22 / (1 - 0.25) / 0.75
)  # five minutes, shrinkage 25 %, occupancy 75 %


def trial(moved: float, settles: float) -> qs.Scenario:
    """The region with the trial: calls and messages, own people and the partner's."""
    weeks = LEAD + PILOT
    week, days = (1, 1, 1, 1, 1, 0, 0), f"{7 * LEAD}d"
    begin = "2027-03-22 00:00"
    fewer = qs.Event(name="trial", start=begin, lasts=f"{7 * PILOT}d", factor=1 - moved)
    before = qs.Event(name="not yet", start=f"{START} 00:00", lasts=days, factor=0.0)
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=80.0, day="office", week=week, busyness=0.1, events=(fewer,)),
        talk=qs.LogNormal(mean="4min", cv=0.8),
        wrap_up=qs.Exponential(mean="1min"),
        patience=qs.Exponential(mean="4min"),
    )
    written = qs.ContactType(
        name="WhatsApp",
        channel="message",
        demand=qs.Demand(
            per_day=80.0 * moved, day="office", week=week, busyness=0.1, events=(before,)
        ),
        talk=qs.LogNormal(mean="3min", cv=0.8),
        hours={"mon-fri": "08:00-18:00"},
        target=qs.ServiceTarget(share=0.8, within="30min", clock="opening_hours"),
        turns=qs.Return(share=0.6, delay=qs.Exponential(mean="10min"), max_attempts=3),
        repeat=qs.Return(share=0.8, delay=qs.Exponential(mean="1d"), to="phone"),
    )
    own = qs.AgentGroup(
        name="own", skills=("phone",), headcount=3, shrinkage=0.25,
        contract=qs.InHouse(per_hour=25.0, on_costs=0.22),
    )  # fmt: skip
    partner = qs.AgentGroup(
        name="partner",
        skills=(qs.Skill("WhatsApp", resolution=settles),),
        headcount={"weeks": (0,) * LEAD + (1,) * PILOT},
        contract=qs.Outsourced(per_minute=0.60, monthly_minimum=600, lead_weeks=LEAD),
    )
    return qs.Scenario(
        name="trial",
        contact_types=(phone, written),
        agent_groups=(own, partner),
        horizon=qs.Horizon(start=START, days=7 * weeks, timezone="Europe/Berlin"),
    )


def back_on_the_phone(result: qs.Result) -> np.ndarray:
    """Share of WhatsApp customers who ring after all, after 1, 2, … weeks: [replications, weeks]."""
    contacts = result.contacts
    week = contacts["day"] // 7 - LEAD
    counts = np.zeros((2, result.replications, PILOT))
    for row, who in enumerate(
        (
            contacts["cause"] == "repeat",
            (contacts["cause"] == "first") & (contacts["contact_type"] == "WhatsApp"),
        )
    ):
        np.add.at(counts[row], (contacts["replication"][who], week[who]), 1.0)
    came, customers = counts.cumsum(axis=2)
    return came / np.maximum(customers, 1.0)


def main() -> None:
    """Set the threshold, find the weeks that are needed, decide."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=60)
    parser.add_argument("--short", action="store_true", help="a few seconds, to see that it runs")
    arguments = parser.parse_args()
    replications = 6 if arguments.short else arguments.replications

    def play(moved: float, settles: float) -> qs.Result:
        return qs.simulate(
            trial(moved, settles), replications=replications, seed=31, keep_contacts=True
        )

    print(f"A call costs us {PHONE_COST:.2f} EUR.\nmoved  partner per customer  may ring after all")
    limits = {}
    for moved in (0.1, 0.2, 0.3):
        result = play(moved, GOOD)
        money = sum(line.amount for line in result.cost_lines if line.agent_group == "partner")
        customers = result.values("resolved_in_one", contact_type="WhatsApp")[1]
        each = np.asarray(money).mean() / customers.mean()
        limits[moved] = 1 - each / PHONE_COST
        print(f"{moved:5.0%}  {each:16.2f} EUR  {1 - each / PHONE_COST:18.0%}")

    good, poor = (back_on_the_phone(play(0.2, settles)) for settles in (GOOD, POOR))
    threshold = limits[0.2]  # where the trial costs what the calls would have cost
    print(f"\nRing after all: good {good[:, -1].mean():.1%}, poor {poor[:, -1].mean():.1%}")
    print("weeks  good is continued  poor is continued")
    passes, mistakes = (good <= threshold).mean(axis=0), (poor <= threshold).mean(axis=0)
    for week in range(PILOT):
        print(f"{week + 1:5}  {passes[week]:17.0%}  {mistakes[week]:17.0%}")
    enough = (passes >= 1 - ERR) & (mistakes <= ERR)
    lasting = np.flatnonzero(np.logical_and.accumulate(enough[::-1])[::-1])
    weeks = f"{lasting[0] + 1} week(s)" if len(lasting) else f"more than {PILOT} weeks"
    if threshold <= 0:
        weeks = "0 weeks: it costs more than calls"
    print(
        f"\nDecision: try it for {weeks}, and continue only if at most {threshold:.1%} of the "
        f"WhatsApp customers ring after all.\n\nCAVEATS\n{CAVEATS}"
    )


CAVEATS = """\
That 20 % move is assumed; the minimum is paid whoever comes. Who moves may have easier matters, so
the trial compares partners, not channels. The chances are shares of the replications played, a few
points either way. New demand that an easy channel draws is not counted."""


if __name__ == "__main__":
    main()
