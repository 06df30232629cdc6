"""A customer writes on Sunday evening: what does it cost to answer within the hour?

A travel firm gets 260 messages a day on social networks, most in the evening, weekends too,
beside chat in office hours. Marketing wants to promise an answer within one hour. Today ten people
in the office answer chats, and messages in between. Late is late in public: how late is a late
answer, and what would it cost to keep the promise round the clock, or in opening hours only?

    python scenarios/social_messages.py [--replications 20] [--weeks 6] [--short]

Everything is assumed, and stated in plain words below. A message counts as answered when the answer
is sent. Chats interrupt the work on messages, which goes on when the chat is over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

import queuesim as qs
from queuesim.reporting import letter
from queuesim.results import contact_means

HOUR_S = 3600.0
CLOCKS: tuple[Literal["all_hours", "opening_hours"], ...] = ("all_hours", "opening_hours")
PROMISED = 0.90  # share of messages to be answered within the hour

# ------------------------------------------------------------------ what comes in

OFFICE = {"mon-fri": "08:00-18:00"}
LATE = {"mon-fri": "08:00-22:00", "sat,sun": "10:00-20:00"}
ROUND = "00:00-24:00"
BY_HOUR = (3, 2, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 6, 6, 6, 6, 7, 8, 9, 9, 8, 6, 4)


def contact_types(
    answered: dict[str, str] | str, clock: Literal["all_hours", "opening_hours"]
) -> tuple[qs.ContactType, ...]:
    """Messages at all hours, answered in some; chat in office hours."""
    social = qs.ContactType(
        name="social",
        channel="message",
        demand=qs.Demand(
            per_day=260,
            day=BY_HOUR,
            week=(1.1, 1, 1, 1, 1, 0.95, 0.95),
            busyness=0.25,  # a delayed flight is a busy day
        ),
        hours=answered,
        talk=qs.LogNormal(mean="5min", cv=0.9),
        wrap_up=qs.Deterministic(value="30s"),
        target=qs.ServiceTarget(share=PROMISED, within="1h", clock=clock),
        turns=qs.Return(share=0.35, delay=qs.LogNormal(mean="50min", cv=1.5), max_attempts=3),
    )
    chat = qs.ContactType(
        name="chat", channel="chat",
        demand=qs.Demand(per_day=340, day="office", week=(1.1, 1, 1, 1, 0.9, 0, 0), busyness=0.12),
        hours=OFFICE, talk=qs.LogNormal(mean="9min", cv=0.7), patience=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.80, within="60s"),
    )  # fmt: skip
    return social, chat


# ------------------------------------------------------------------ who answers

PAY = qs.InHouse(
    per_hour=21.0, on_costs=0.24,
    premiums=(
        qs.Premium(hours={"mon-fri": "18:00-22:00"}, share=0.15),
        qs.Premium(hours={"sat,sun": "06:00-22:00"}, share=0.40),
        qs.Premium(hours="22:00-06:00", share=0.30),
    ),
)  # fmt: skip
SKILLS = ("social", "chat")


def office(people: int) -> qs.AgentGroup:
    """People in the office: two chats at once, messages between chats."""
    return qs.AgentGroup(
        name="office", skills=SKILLS,
        shifts=(qs.Shift(name="office", start="08:00", end="18:00", headcount=people),),
        absence=0.05, concurrency={"chat": 2}, pace={"chat": (1.0, 1.6)},
        interruptible=("message",), contract=PAY,
    )  # fmt: skip


def late(evening: int, weekend: int, night: int = 0) -> qs.AgentGroup:
    """People for messages only, when the office is closed."""
    both = qs.Shift(name="weekend", days="sat,sun", start="10:00", end="20:00", headcount=weekend)
    shifts = [qs.Shift(name="evening", start="18:00", end="22:00", headcount=evening), both]
    if night:
        for days, start, end in (
            ("mon-thu", "22:00", "08:00"),
            ("fri", "22:00", "10:00"),
            ("sat", "20:00", "10:00"),
            ("sun", "20:00", "08:00"),
        ):
            shifts.append(qs.Shift(name="night", days=days, start=start, end=end, headcount=night))
    return qs.AgentGroup(name="late", skills=("social",), shifts=tuple(shifts), contract=PAY)


def centre(
    answered: dict[str, str] | str,
    *groups: qs.AgentGroup,
    weeks: int,
    clock: Literal["all_hours", "opening_hours"] = "all_hours",
) -> qs.Scenario:
    """The centre from March 2027; its first week is there to fill the queue."""
    return qs.Scenario(
        name="social messages", contact_types=contact_types(answered, clock), agent_groups=groups,
        horizon=qs.Horizon(start="2027-03-01", days=7 * weeks, interval="1h", timezone="UTC"),
    )  # fmt: skip


OPTIONS: dict[str, tuple[dict[str, str] | str, tuple[qs.AgentGroup, ...]]] = {
    "office, 10 people": (OFFICE, (office(10),)),
    "office, 20 people": (OFFICE, (office(20),)),
    "late hours": (LATE, (office(11), late(evening=4, weekend=6))),
    "late hours, more people": (LATE, (office(13), late(evening=5, weekend=8))),
    "round the clock": (ROUND, (office(10), late(evening=5, weekend=4, night=1))),
    "round the clock, two at night": (ROUND, (office(10), late(evening=5, weekend=4, night=2))),
}

# ------------------------------------------------------------------ the letter


def how_late(result: qs.Result) -> qs.Estimate:
    """By how much the late answers miss the hour, on average."""
    late = result.contacts
    late = late[(late["contact_type"] == "social") & (late["wait_s"] > HOUR_S)]
    waits = contact_means(late, "wait_s", by="contact_type", replications=result.replications)
    hours = waits["social"].per(HOUR_S, unit="h")
    return replace(hours, value=hours.value - 1)


def backlog(result: qs.Result) -> pd.Series[float]:
    """Messages that wait when an hour ends, by hour of the week from Monday; without week one."""
    table = result.intervals
    table = table[(table["contact_type"] == "social") & (table["day"] >= 7)]
    hour = table["start"].dt.day_of_week * 24 + table["start"].dt.hour + 1
    return table.groupby(hour)["backlog"].mean()


def main() -> None:
    """Play the weeks under both readings of the promise; print the decision, save the picture."""
    asked = letter.terms(
        __file__, __doc__, replications=20, weeks=6, short={"replications": 3, "weeks": 2}
    )
    weeks, n = asked["weeks"], asked["replications"]

    print(f"Playing {len(OPTIONS)} options, {weeks} weeks, {n} times, for two readings …")
    by_clock, in_hours = (
        qs.compare(
            {
                name: centre(hours, *groups, weeks=weeks, clock=clock)
                for name, (hours, groups) in OPTIONS.items()
            },
            replications=n, seed=58, keep_contacts=clock == "all_hours",
        )
        for clock in CLOCKS
    )  # fmt: skip
    for name, result in by_clock.results.items():
        waiting = backlog(result)
        day, hour = divmod(int(np.argmax(waiting.to_numpy())), 24)
        kept = [
            each[name].measure("service_level", contact_type="social").text
            for each in (by_clock, in_hours)
        ]
        resting = result.measure("interruption", contact_type="social")
        chat = result.measure("service_level", contact_type="chat").text
        late_by, p95 = how_late(result), result.measure("wait_p95", contact_type="social")
        print(f"\n{name}: {result.measure('cost').per(weeks).text} a week")
        print(f"  within the hour      {kept[0]} by the clock, {kept[1]} of opening hours")
        print(f"  a late answer is     {range_of(late_by)} over the hour, by the clock")
        print(f"  95 % answered by     {range_of(p95.per(HOUR_S))} after they came")
        print(
            f"  most are waiting     {waiting.max():.0f} on average, {DAYS[day]} at {hour + 1}:00"
        )
        print(f"  chats within 60 s    {chat}; messages rest {resting.text} for chats")
    waits = qs.plots.lines(
        {name: backlog(by_clock[name]) for name in SHOWN},
        title="Messages that wait, by hour of the week",
        below=f"mean over weeks 2 to {weeks} · {n} replications, the same messages for every option",
        y="messages waiting",
        note="'late hours, more people' lies on 'late hours'.",
    )
    waits.set_xticks(range(0, 168, 24), [f"{day[:3]} 0:00" for day in DAYS])
    asked.save(promise=promise(by_clock, in_hours, weeks, n), backlog=waits)

    print(f"\nCAVEATS\n{CAVEATS}\n")
    clock, hours = (
        each.cheapest_meeting(service_level=PROMISED, contact_type="social")
        for each in (by_clock, in_hours)
    )
    print(f"By opening hours: {hours.name or 'none of these'}. {hours.why}")
    print(f"By the clock: {clock.name or 'none of these'}. {clock.why}")
    if clock.name and hours.name:
        today = by_clock.difference("cost", hours.name, against="office, 10 people")
        more = by_clock.difference("cost", clock.name, against=hours.name)
        print(
            f"\nDecision: promise the hour of opening hours, with {hours.name!r}, for "
            f"{today.per(weeks).text} a week more than today; by the clock it takes "
            f"{clock.name!r}, {more.per(weeks).text} on top."
        )
    else:
        print("\nDecision: promise no hour yet; none of these teams surely keeps it both ways.")


def range_of(hours: qs.Estimate) -> str:
    """A time with its interval, in hours."""
    return f"{hours.value:.1f} h ({hours.low:.1f} to {hours.high:.1f})"


def promise(by_clock: qs.Comparison, in_hours: qs.Comparison, weeks: int, n: int) -> Axes:
    """The promise in both readings, cheapest option first."""
    names = sorted(OPTIONS, key=lambda name: by_clock[name].measure("cost").value)
    return qs.plots.ranked(
        {
            reading: {
                name: each[name].measure("service_level", contact_type="social") for name in names
            }
            for reading, each in (("by the clock", by_clock), ("of opening hours", in_hours))
        },
        title="The hour kept, cheapest option first",
        below=f"{weeks} weeks · {n} replications · the same messages",
        x="messages answered within the hour",
        beside={
            name: f"{by_clock[name].measure('cost').value / weeks:,.0f} EUR a week"
            for name in names
        },
        target=PROMISED, target_text=f"promise: {100 * PROMISED:.0f} %",
    )  # fmt: skip


SHOWN = [name for name in OPTIONS if name != "late hours, more people"]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

CAVEATS = """\
- An hour "of opening hours" lets a message of Friday evening wait until Monday, where only the
  office answers. Customers read clocks: print the hours beside the promise.
- The people of an option are round numbers; between those shown there are cheaper ones.
- Messages have no patience here: nobody gives up, or writes a bad review. A third writes again.
- Whoever works alone in the night also gets ill and has breaks, which is not in the price."""


if __name__ == "__main__":
    main()
