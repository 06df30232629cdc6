"""The clinic's online calendar fails: how soon would we know, why, and what helps today?

Patients of a group of clinics move 1,200 appointments a working day online. On a Tuesday morning
that stops working, and nobody tells the contact centre. Half of those whom the page fails ring up or
open a chat at once. When does the alarm come, and when would the usual ones have come? What does
it say the reason is? And what should be done at that moment: call in people, open the partner's
overflow, offer callbacks, leave mail for tomorrow?

    python scenarios/self_service_outage.py [--weeks 1500] [--futures 1000] [--days 100] [--short]

The week is simulated: the plan with an outage, one replication, written down as the tables that a
contact centre keeps. The centre sees phone, chat and mail; what happens on the page it does not see.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

import queuesim as qs
from queuesim.engines.compiled import simulate_compiled
from queuesim.engines.outcome import Outcome
from queuesim.reporting import letter
from queuesim.sampling import draw_tape
from queuesim.watching.detect import Watch
from queuesim.watching.detecting.signals import Signals, simulated
from queuesim.watching.detecting.usual_alarms import Figure, UsualAlarm
from queuesim.watching.diagnose import Diagnosis
from queuesim.watching.nowcast import Nowcast
from queuesim.watching.nowcasting.actions import Action
from queuesim.watching.observed import Observed, observed_of

SEED = 2027  # of the week that really happened
BUDGET = 1.0  # false alarms a month, for every kind of alarm

# ------------------------------------------------------------------ the plan

MONDAY, TUESDAY = "2027-03-08", "2027-03-09"
BROKE, REPAIRED = f"{TUESDAY} 08:40", f"{TUESDAY} 13:00"
OUTAGE = qs.Event(name="calendar down", start=BROKE, lasts="4h20min", factor=100)  # for everybody
OPEN = {"mon-fri": "08:00-18:00"}
PEOPLE = (17, 24, 23, 19, 17, 20, 20, 18, 14, 9)  # on duty at 08:00, 09:00 …


def demand(per_day: float) -> qs.Demand:
    """An office week; a busy day is busy everywhere, mostly."""
    week = (1.15, 1.05, 1, 0.95, 0.85, 0, 0)
    return qs.Demand(per_day=per_day, day="office", week=week, busyness=0.08, shared=0.6)


def plan(start: str = MONDAY, outages: tuple[qs.Event, ...] = ()) -> qs.Scenario:
    """Five working days: the page, phone, chat and mail; our team, and a partner held back."""
    web = qs.ContactType(
        name="web",
        channel="self_service",
        demand=demand(1200),
        hours={"mon-fri": "08:00-17:30"},  # whom it fails later finds nobody on the phone
        talk=qs.LogNormal(mean="3min", cv=0.6),
        target=None,
        front_door=qs.FrontDoor(contains=0.85, to={"phone": 0.35, "chat": 0.15}, outages=outages),
    )
    phone = qs.ContactType(
        name="phone",
        channel="phone",
        demand=demand(840),
        hours=OPEN,
        talk=qs.LogNormal(mean="4min30s", cv=0.9),
        wrap_up=qs.Exponential(mean="40s"),
        patience=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.80, within="30s"),
    )
    chat = qs.ContactType(
        name="chat",
        channel="chat",
        demand=demand(300),
        hours=OPEN,
        talk=qs.LogNormal(mean="8min", cv=0.7),
        patience=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.80, within="60s"),
    )
    mail = qs.ContactType(
        name="mail",
        channel="message",
        demand=demand(180),
        hours=OPEN,
        talk=qs.LogNormal(mean="6min", cv=0.8),
        target=None,  # tomorrow will do
        weight=0.02,
    )
    team = qs.AgentGroup(
        name="team",
        skills=("phone", "chat", "mail"),
        headcount={"day": (0,) * 16 + tuple(n for n in PEOPLE for _ in range(2)) + (0,) * 12},
        absence=0.05,
        concurrency={"chat": 2},
        pace={"chat": (1.0, 1.6)},
        contract=qs.InHouse(per_hour=22.0, on_costs=0.24),
    )
    partner = qs.AgentGroup(  # takes our calls when they have waited for five minutes
        name="partner",
        skills=(qs.Skill("phone", rank=2, min_wait="5min", handle_factor=1.15),),
        headcount=5,
        contract=qs.Outsourced(per_minute=0.85),
    )
    return qs.Scenario(
        name="clinics",
        contact_types=(web, phone, chat, mail),
        agent_groups=(team, partner),
        horizon=qs.Horizon(start=start, days=5, timezone="Europe/Vienna"),
    )


ACTIONS: dict[str, Action | tuple[Action, ...]] = {
    "call in 4 people": qs.now.CallIn("team", 4, after="45min", until="14:00"),
    "open the partner's overflow": qs.now.OpenOverflow("partner", "phone", min_wait="20s"),
    "offer callbacks": qs.now.OfferCallbacks("phone", qs.CallbackOffer(accept=0.45, after="45s")),
    "leave mail for tomorrow": qs.now.StopWork("mail"),
    "partner, and mail tomorrow": (
        qs.now.OpenOverflow("partner", "phone", min_wait="20s"),
        qs.now.StopWork("mail"),
    ),
}

# ------------------------------------------------------------------ the usual alarms

USUAL: tuple[tuple[Figure, tuple[float, ...] | None, str], ...] = (
    ("service level", None, "below {:.0%} of phone, {:.0%} of chat"),
    ("mean wait", None, "{:.1f} sigmas up, phone; {:.1f}, chat"),
    ("service level", (0.8, 0.8), "below the target, {:.0%} and {:.0%}"),
)
"""What is looked at, limits if they are given, how it is told; phone and chat, not the page."""


def usual_alarms(weeks: int, seen: Signals) -> dict[str, tuple[datetime | None, float, float]]:
    """Each usual alarm: when it came that Tuesday, and its false ones a month, ± 95 %.

    Limits that are not given share the budget on quiet weeks, one alarm a day at most; false alarms
    are counted on a third as many others.
    """
    horizon = plan().horizon
    quiet = simulated(plan(), weeks, seed=1_000_001)
    fresh = simulated(plan(), weeks // 3, seed=2_000_003)
    found = {}
    for figure, limits, words in USUAL:
        alarm = UsualAlarm.on(figure, quiet, horizon, budget=BUDGET, types=(1, 2), limits=limits)
        ends = [horizon.edges_s[k + 1] for k in np.flatnonzero(alarm.over(seen)[0])]
        times = [horizon.local(end).replace(tzinfo=None) for end in ends]
        raised = [at for at in times if f"{at:%Y-%m-%d}" == TUESDAY and at > moment(BROKE)]
        false, error = alarm.false_a_month(fresh)
        title = f"{figure} {words.format(*alarm.limits)}".replace("%", " %")
        found[title] = (raised[0] if raised else None, false, 1.96 * error)
    return found


# ------------------------------------------------------------------ the letter


def moment(text: str) -> datetime:
    """A local time."""
    return datetime.fromisoformat(text)


def before(table: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """What is known of a table at a moment: the half-hours that have ended by then."""
    return table[table["start"] + timedelta(minutes=30) <= now]


def main() -> None:
    """Watch the week; at the alarm ask why and what helps; then look at the next week."""
    asked = letter.terms(
        __file__, __doc__, weeks=1500, futures=1000, days=100,
        short={"weeks": 150, "futures": 40, "days": 20},
    )  # fmt: skip
    weeks, futures, n, short = asked["weeks"], asked["futures"], asked["days"], asked.short
    planned, real = plan(), plan(outages=(OUTAGE,))
    outcome = simulate_compiled(real, draw_tape(real, seed=SEED, replication=0))
    table, staff = observed_of(outcome)
    table = table[table["contact_type"] != "web"]  # the centre does not see it
    print(f"Learning from {weeks:,} quiet weeks what is quiet …")
    seen = Observed.read(planned, table, staff)
    watch = Watch.ready(
        planned, measures=seen.measures, contact_types=seen.contact_types, budget=BUDGET,
        replications=weeks, seed=1, signals=("volume",) if short else None,
        learn_from=weeks if short else None,
    )  # fmt: skip
    alarms = watch.over(seen)
    alarm = next((a for a in alarms if f"{a.raised:%Y-%m-%d}" == TUESDAY), None)
    now = alarm.raised.replace(tzinfo=None) if alarm else moment(REPAIRED)
    so_far, there = before(table, now), before(staff, now)
    print(f"\nTHE ALARM, on what was known at {now:%H:%M}")
    print(watch.over(Observed.read(planned, so_far, there)))
    print(f"\nTHE USUAL ALARMS{'':46}that Tuesday   false alarms a month")
    usual = usual_alarms(weeks, seen.signals)
    for name, (at, false, half) in usual.items():
        print(f"  {name:60}{f'{at:%H:%M}' if at else 'never':>12}{false:13.1f} ± {half:.1f}")

    since = alarm.since.replace(tzinfo=None) if alarm else moment(f"{TUESDAY} 08:30")
    at_once = qs.diagnose(planned, so_far, there, since=since, until=now, replications=n)
    print(f"\nWHY, on what was known at {now:%H:%M}\n{at_once}")
    why = qs.diagnose(
        planned, table, staff, since=f"{TUESDAY} 08:30", until=REPAIRED, replications=n,
        parts=False,
    )  # fmt: skip

    print(f"\nWHAT HELPS, at {now:%H:%M}")
    told, back = rest_of_tuesday(real, outcome, now, futures)
    print(what_helps(told, back))

    ahead = qs.outlook(plan("2027-03-15"), replications=n, seed=4)
    print(f"\nNEXT WEEK, with a page that works\n{ahead}")
    asked.save(
        alarm=qs.plots.observed_and_expected(alarms, "volume", who="phone", days=(1, 1)),
        why=qs.plots.waterfall(why),
        rest_of_tuesday=qs.plots.rest_of_day(told, contact_type="phone"),
        next_week=qs.plots.risk_calendar(ahead),
    )
    print(f"\nCAVEATS\n{CAVEATS}")
    best = told.helping[0]
    print(
        f"\nDecision: {best.name}, at {now:%H:%M}: {100 * best.level_change:+.1f} points of the "
        f"day's service level, phone and chat together, to {100 * best.service_level:.0f} %, for "
        f"{best.cost:,.0f} EUR; and have the page mended: {blame(at_once)}."
    )


def blame(why: Diagnosis) -> str:
    """Whom the diagnosis names."""
    if not why.culprits:
        return "no culprit is named, ask everybody"
    return f"{', '.join(why.culprits)} is the likely culprit"


def rest_of_tuesday(
    real: qs.Scenario, outcome: Outcome, now: datetime, futures: int
) -> tuple[Nowcast, Nowcast]:
    """Tuesday from now on: repaired at 13:00, with what could be done; and repaired at once."""
    state = qs.now.state_of(real, outcome, real.horizon.seconds_at(now))
    told = qs.nowcast(real, state, futures=futures, seed=3, actions=ACTIONS)
    minutes = (now - moment(BROKE)).total_seconds()
    over = plan(outages=(OUTAGE.model_copy(update={"lasts": minutes}),))
    return told, qs.nowcast(over, state, futures=futures, seed=3)


def what_helps(told: Nowcast, back: Nowcast) -> str:
    """The day as it looks now, and each action, the best first."""
    lines = []
    for label, each in (("page down until 13:00", told), ("page back at once", back)):
        for name in ("phone", "chat"):
            low, middle, high = np.quantile(
                100 * each.values("service_level", contact_type=name), (0.05, 0.5, 0.95)
            )
            lines.append(
                f"  {label:24}{name:6} service level of the day {middle:3.0f} % "
                f"({low:.0f} to {high:.0f}), P(target met) {100 * each.chance_met(name):3.0f} %"
            )
    lines.append(f"  {'page down until 13:00, and':30}both together, of the day      cost")
    for done in told.helping:
        reached, change, half = (
            100 * x for x in (done.service_level, done.level_change, done.level_half_width)
        )
        lines.append(
            f"  {done.name:30}{reached:3.0f} % ({change:+5.1f} ± {half:.1f}){done.cost:16,.0f} EUR"
        )
    return "\n".join(lines)


CAVEATS = """\
- The outage is made up; half of those whom the page fails come at once, the others not that day.
- Nobody who gives up rings again in this letter. Who is on the page at the moment is taken as
  known, as the page's own log has it.
- That the page is repaired at 13:00 is taken as known at the alarm, when the diagnosis named it.
- One Tuesday: benchmarks/watching_detection.py has delays over many incidents.
- A month is 30 open days here, which is six weeks.
- The diagnosis is of the waits on phone and chat; what mail waits longer is not in it.
- Who accepts a callback waits on, unheard, and is late by the service level; what callbacks spare
  the customers is not in that number.
- Mail left for tomorrow costs nothing here, and tomorrow is not looked at."""

if __name__ == "__main__":
    main()
