"""WhatsApp, tried out with a partner: what must the trial show, and how long must it last?

Part of our callers would rather write. A partner would answer them, for all our products if the trial
convinces us. The trial is small: one product, and WhatsApp is offered to every third of its customers.
Before it begins we want to write down which result means "go on", and after how many weeks we may say
so without fooling ourselves.

    python scenarios/new_channel_trial.py [--replications 400] [--short]

Assumed, all of it, and before anything was played:

- The product has 150 calls on a working day. One third of these customers see the offer, and 30 % of
  those write instead of ringing: about 75 a week.
- A message is 3 minutes of work; after an answer 60 % write again, up to three times. Days are busier
  or quieter by 15 %. The partner takes 0.60 EUR a minute, and 1,500 EUR a month at least.
- A call is 5 minutes with wrap-up, by people at 25 EUR an hour and 22 % on top, of whose paid time 25 %
  is not at work and 25 % of the rest without a call.
- Of the matters that WhatsApp does not settle, 80 % ring us, a day later on average. How many it settles
  is what the trial must find out. WhatsApp pays if it costs less than the calls it saves; where that
  turns is computed, at the price after the trial, when the monthly minimum no longer matters.
- After the trial 1,500 customers a week would write. Being wrong by less than 10,000 EUR a year is not
  worth a longer trial. That says how good a good partner is, and how poor a poor one: those who would
  save, and lose, just this. A good one may be sent away, and a poor one kept, in one case of ten.
- The trial may take 12 weeks; after its last week we wait one more for those who still ring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import queuesim as qs
from queuesim.reporting import letter
from queuesim.results import Spread, chance_of, mean_of, ratio, spread_of

OFFERED_TO, WRITE, OTHERS = (
    50.0,
    0.30,
    (0.10, 0.50),
)  # customers a day; share that writes, or if not
WEEKS, WAITED = 12, 1  # of the trial at most; afterwards, for those who still ring
MINUTE, MINIMUM, RING = 0.60, 1_500, 0.80
CALL = 5.0 / 60 * 25 * 1.22 / (1 - 0.25) / (1 - 0.25)  # what a call costs us [EUR]
AFTERWARDS, MATTERS = 1_500 * 52, 10_000.0  # customers who write; what matters [EUR], each a year
WRONG = 0.10
Trials = NDArray[np.float64]


def trial(write: float, settles: float) -> qs.Scenario:
    """The trial: those who write to the partner, and those of them who ring us after all."""
    office = {"mon-fri": "08:00-18:00"}
    written = qs.ContactType(
        name="WhatsApp", channel="message",
        demand=qs.Demand(
            per_day=OFFERED_TO * write, day="office", week=(1, 1, 1, 1, 1, 0, 0), busyness=0.15
        ),
        talk=qs.LogNormal(mean="3min", cv=0.8), hours=office,
        target=qs.ServiceTarget(share=0.8, within="30min", clock="opening_hours"),
        turns=qs.Return(share=0.6, delay=qs.Exponential(mean="10min"), max_attempts=3),
        repeat=qs.Return(share=RING, delay=qs.Exponential(mean="1d"), to="phone"),
    )  # fmt: skip
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=qs.Demand(per_day=0.0),  # other calls go on as ever, and are left out
        talk=qs.LogNormal(mean="4min", cv=0.8),
        wrap_up=qs.Exponential(mean="1min"),
        hours=office,
        outside_hours="queue",  # they ring again in the morning
        target=None,
    )
    partner = qs.AgentGroup(
        name="partner", skills=(qs.Skill("WhatsApp", resolution=settles),), headcount=2,
        hours=office, contract=qs.Outsourced(per_minute=MINUTE, monthly_minimum=MINIMUM),
    )  # fmt: skip
    own = qs.AgentGroup(
        name="own", skills=("phone",), headcount=2, hours=office,
        contract=qs.InHouse(per_hour=25.0, on_costs=0.22),
    )  # fmt: skip
    return qs.Scenario(
        name="trial", contact_types=(written, phone), agent_groups=(partner, own),
        horizon=qs.Horizon(start="2027-03-01", days=7 * (WEEKS + WAITED), timezone="Europe/Berlin"),
    )  # fmt: skip


@dataclass(frozen=True)
class Test:
    """What trials with a good and a poor partner show after each week, and how often it misleads."""

    wrote: Trials  # customers so far, [weeks]
    good: Trials  # share that rang after all, [trials, weeks]
    poor: Trials
    limit: float

    def sent_away(self, week: int) -> qs.Estimate:
        """Chance that a good partner is sent away."""
        return chance_of(self.good[:, week] > self.limit)

    def kept(self, week: int) -> qs.Estimate:
        """Chance that a poor partner is kept."""
        return chance_of(self.poor[:, week] <= self.limit)

    def weeks_needed(self) -> int | None:
        """The first week from which on neither happens too often, surely."""
        needed = None
        for week in reversed(range(WEEKS)):
            if max(self.sent_away(week).high, self.kept(week).high) > WRONG:
                break
            needed = week + 1
        return needed


def by_week(result: qs.Result) -> tuple[Trials, Trials]:
    """Customers who wrote in weeks 1 to 1, 2, …, and how many of them rang: [trials, weeks]."""
    contacts = result.contacts
    counts = np.zeros((2, result.replications, WEEKS + WAITED))
    for row, cause in enumerate(("first", "repeat")):  # `day` is the one on which they first wrote
        some = contacts[contacts["cause"] == cause]
        np.add.at(counts[row], (some["replication"], some["day"] // 7), 1.0)
    wrote, rang = counts.cumsum(axis=2)[:, :, :WEEKS]
    return wrote, rang


def paid(result: qs.Result, *terms: str) -> Trials:
    """What the partner is paid in each trial, by these terms of its contract [EUR]."""
    lines = (line for line in result.cost_lines if line.agent_group == "partner")
    total: Trials = np.sum([line.amount for line in lines if line.term in terms], axis=0)
    return total


def main() -> None:
    """Compute the threshold, play good and poor partners, find the weeks that are needed."""
    asked = letter.terms(__file__, __doc__, replications=400, short={"replications": 60})
    n = asked["replications"]

    def play(write: float, settles: float, seed: int) -> qs.Result:
        return qs.simulate(
            trial(write, settles), replications=n, seed=seed, keep_contacts=True, progress=False
        )

    probe = play(WRITE, 0.85, 30)  # what writing costs does not hang on how many are settled
    writers = probe.values("contacts_per_customer", contact_type="WhatsApp")[1]
    each = ratio(paid(probe, "minutes"), writers, unit="EUR")
    limit, apart = 1 - each.value / CALL, MATTERS / (AFTERWARDS * CALL)
    print(
        f"A call costs us {CALL:.2f} EUR; a customer who writes costs {each.text} at the partner's.\n"
        f"So WhatsApp pays while fewer than {100 * limit:.1f} % of those who wrote ring after all.\n"
        f"{MATTERS:,.0f} EUR a year are the calls of {100 * apart:.1f} % of {AFTERWARDS:,} customers, so a good "
        f"partner\nhas {100 * (limit - apart):.1f} % who ring after all, a poor one {100 * (limit + apart):.1f} %."
    )
    tests = {}
    for write in (WRITE,) if asked.short else (WRITE, *OTHERS):
        good, poor = (play(write, 1 - share / RING, 31) for share in (limit - apart, limit + apart))
        (wrote, rang), (also_wrote, also_rang) = by_week(good), by_week(poor)
        tests[write] = Test(wrote.mean(axis=0), rang / wrote, also_rang / also_wrote, limit)
        if write == WRITE:
            bill = mean_of(paid(good, "minutes", "monthly minimum"), unit="EUR").per(WEEKS + WAITED)

    test = tests[WRITE]
    print(
        f"\nIF {100 * WRITE:.0f} % WRITE: {n} trials with a good partner, {n} with a poor one\n{HEADER}"
    )
    for week in range(WEEKS):
        print(
            f"{week + 1:5} {test.wrote[week]:10,.0f}   {seen(test.good[:, week], 0.95).text:24}"
            f"{seen(test.poor[:, week], 0.95).text:24}{test.sent_away(week).text:25}{test.kept(week).text}"
        )
    print("\nHOW LONG IT TAKES, if fewer or more write")
    for write, other in sorted(tests.items()):
        needed = other.weeks_needed()
        time = f"{needed} weeks" if needed else f"more than {WEEKS} weeks"
        print(f"  {100 * write:.0f} % write, {5 * OFFERED_TO * write:3.0f} a week: {time}")
    asked.save(weeks=picture(test))

    print(f"\nCAVEATS\n{CAVEATS}\n")
    needed = test.weeks_needed()
    if needed is None:
        print(
            f"Decision: not this trial; {WEEKS} weeks of it do not tell a good partner from a poor."
        )
        return
    print(
        f"Decision: try it for {needed} weeks and wait one more; go on only if at most {100 * limit:.1f} % of "
        f"those who wrote rang after all. A good partner is then sent away in "
        f"{test.sent_away(needed - 1).text} of such trials, a poor one kept in "
        f"{test.kept(needed - 1).text}. While it runs, it costs {bill.text} a week at the partner's."
    )


def seen(shares: Trials, part: float) -> Spread:
    """The mean over trials, and between what this part of them lies."""
    return spread_of(shares, share=part, unit="share")


def picture(test: Test) -> Axes:
    """What trials show week by week, good partner and poor."""
    needed = test.weeks_needed()
    return qs.plots.lines(
        {
            name: {week + 1: seen(shares[:, week], 0.9) for week in range(WEEKS)}
            for name, shares in (("good partner", test.good), ("poor partner", test.poor))
        },
        title="How long until a good partner can be told from a poor",
        below=f"{5 * OFFERED_TO * WRITE:.0f} customers write a week · {len(test.good)} trials with each",
        x="weeks of the trial",
        y="rang after all, of those who wrote",
        target=test.limit,
        target_text=f"go on if at\nmost {100 * test.limit:.1f} %",
        marks={needed: f"enough: {needed} weeks"} if needed else None,
        note="Lines: means of the trials, counted from the first week.",
    )


HEADER = """\
       customers   rang after all: mean, and between what 95 % of the trials lie
weeks  who wrote   good partner            poor partner            good one sent away       poor one kept"""

CAVEATS = """\
- Calls are taken to settle every matter. If some who rang ring again too, add their share to the
  threshold: count it in the same weeks, among the customers of the product who saw no offer.
- Who writes may have easier matters than who rings; so the trial compares partners, not channels.
- A good partner and a poor one are the two that matter just enough. Those in between are kept or sent
  away by chance, which costs less than 10,000 EUR a year; those beyond are told apart sooner.
- A partner's people learn: the first weeks may look worse than the rest. That is not in here, nor is
  new demand that an easy channel draws, nor what it costs to set up the trial."""


if __name__ == "__main__":
    main()
