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

import argparse
from pathlib import Path
from typing import Literal

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import queuesim as qs
from queuesim.reporting.style import INK, SERIES, footnote, heading, legend_below, page
from queuesim.results.confidence import ratio

HOUR_S = 3600.0
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
        name="chat",
        channel="chat",
        demand=qs.Demand(per_day=340, day="office", week=(1.1, 1, 1, 1, 0.9, 0, 0), busyness=0.12),
        hours=OFFICE,
        talk=qs.LogNormal(mean="9min", cv=0.7),
        patience=qs.Exponential(mean="5min"),
        target=qs.ServiceTarget(share=0.80, within="60s"),
    )
    return social, chat


# ------------------------------------------------------------------ who answers

PAY = qs.InHouse(
    per_hour=21.0,
    on_costs=0.24,
    premiums=(
        qs.Premium(hours={"mon-fri": "18:00-22:00"}, share=0.15),
        qs.Premium(hours={"sat,sun": "06:00-22:00"}, share=0.40),
        qs.Premium(hours="22:00-06:00", share=0.30),
    ),
)
SKILLS = ("social", "chat")


def office(people: int) -> qs.AgentGroup:
    """People in the office: two chats at once, messages between chats."""
    return qs.AgentGroup(
        name="office",
        skills=SKILLS,
        shifts=(qs.Shift(name="office", start="08:00", end="18:00", headcount=people),),
        absence=0.05,
        concurrency={"chat": 2},
        pace={"chat": (1.0, 1.6)},
        interruptible=("message",),
        contract=PAY,
    )


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
        name="social messages",
        contact_types=contact_types(answered, clock),
        agent_groups=groups,
        horizon=qs.Horizon(start="2027-03-01", days=7 * weeks, interval="1h", timezone="UTC"),
    )


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
    """By how much the late answers miss the hour, on average [s]."""
    messages = result.contacts
    messages = messages[messages["contact_type"] == "social"]
    over = messages.loc[messages["wait_s"] > HOUR_S, ["replication", "wait_s"]]
    by = over.groupby("replication")["wait_s"]
    n = np.arange(result.replications)
    count = by.count().reindex(n, fill_value=0).to_numpy()
    return ratio(by.sum().reindex(n, fill_value=0.0).to_numpy() - HOUR_S * count, count, unit="s")


def backlog(result: qs.Result) -> pd.Series:
    """Messages that wait when an hour ends, by hour of the week from Monday; without week one."""
    table = result.intervals
    table = table[(table["contact_type"] == "social") & (table["day"] >= 7)]
    return table.groupby(table["start"].dt.day_of_week * 24 + table["start"].dt.hour)[
        "backlog"
    ].mean()


def main() -> None:
    """Play the weeks under both readings of the promise; print the decision, save the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--output", type=Path, default=Path("output/social_messages"))
    parser.add_argument("--short", action="store_true", help="2 weeks, 3 replications")
    arguments = parser.parse_args()
    weeks, n = (2, 3) if arguments.short else (arguments.weeks, arguments.replications)

    print(f"Playing {len(OPTIONS)} options, {weeks} weeks, {n} times, for two readings …")
    by_clock = qs.compare(
        {name: centre(hours, *groups, weeks=weeks) for name, (hours, groups) in OPTIONS.items()},
        replications=n, seed=58, keep_contacts=True,
    )  # fmt: skip
    in_hours = qs.compare(
        {
            name: centre(hours, *groups, weeks=weeks, clock="opening_hours")
            for name, (hours, groups) in OPTIONS.items()
        },
        replications=n, seed=58,
    )  # fmt: skip
    for name, result in by_clock.results.items():
        waiting = backlog(result)
        day, hour = divmod(int(np.argmax(waiting.to_numpy())), 24)
        cost = ratio(result.values("cost")[0] / weeks, np.ones(n), unit="EUR")
        kept = [
            each[name].measure("service_level", contact_type="social").text
            for each in (by_clock, in_hours)
        ]
        resting = result.measure("interruption", contact_type="social")
        chat = result.measure("service_level", contact_type="chat").text
        late_by = how_late(result)
        p95 = result.measure("wait_p95", contact_type="social")
        print(f"\n{name}: {cost.text} a week")
        print(f"  within the hour      {kept[0]} by the clock, {kept[1]} of opening hours")
        print(f"  a late answer is     {in_hours_text(late_by)} over the hour, by the clock")
        print(f"  95 % answered by     {in_hours_text(p95)} after they came")
        print(
            f"  most are waiting     {waiting.max():.0f} on average, {DAYS[day]} at {hour + 1}:00"
        )
        print(f"  chats within 60 s    {chat}; messages rest {resting.text} for chats")
    save_pictures(by_clock, in_hours, arguments.output)

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
            f"{a_week(today, weeks)} a week more than today; by the clock it takes "
            f"{clock.name!r}, {a_week(more, weeks)} on top."
        )
    else:
        print("\nDecision: promise no hour yet; none of these teams surely keeps it both ways.")


def a_week(estimate: qs.Estimate, weeks: int) -> str:
    """Money a week, with its interval."""
    value, half = estimate.value / weeks, estimate.half_width / weeks
    return f"{value:,.0f} ± {half:,.0f} EUR"


def in_hours_text(estimate: qs.Estimate) -> str:
    """A time with its interval, in hours."""
    value, low, high = (t / HOUR_S for t in (estimate.value, estimate.low, estimate.high))
    return f"{value:.1f} h ({low:.1f} to {high:.1f})"


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

CAVEATS = """\
- An hour "of opening hours" lets a message of Friday evening wait until Monday, where only the
  office answers. Customers read clocks: print the hours beside the promise.
- The people of an option are round numbers; between those shown there are cheaper ones.
- Messages have no patience here: nobody gives up, or writes a bad review. A third writes again.
- Whoever works alone in the night also gets ill and has breaks, which is not in the price."""


def save_pictures(by_clock: qs.Comparison, in_hours: qs.Comparison, folder: Path) -> None:
    """Draw the promise in both readings, cheapest option first, and the messages that wait by hour."""
    folder.mkdir(parents=True, exist_ok=True)
    weeks = next(iter(by_clock.results.values())).scenario.horizon.days // 7
    names = sorted(OPTIONS, key=lambda name: by_clock[name].measure("cost").value, reverse=True)
    rows = range(len(names))
    with page(None, size=(9.0, 5.8)) as ax:
        for (colour, marker, _), label, aside, comparison in (
            (SERIES[0], "by the clock", -0.12, by_clock),
            (SERIES[1], "of opening hours", 0.12, in_hours),
        ):
            levels = [
                comparison[name].measure("service_level", contact_type="social") for name in names
            ]
            ax.errorbar(
                [100 * level.value for level in levels], [row + aside for row in rows],
                xerr=[100 * level.half_width for level in levels], color=colour, marker=marker,
                linestyle="", capsize=4, label=label,
            )  # fmt: skip
        ax.axvline(100 * PROMISED, color=INK, linewidth=1.6)
        ax.annotate(f"promise: {100 * PROMISED:.0f} %", (100 * PROMISED, 1), (-5, -3), xycoords=("data", "axes fraction"), textcoords="offset points", ha="right", va="top")  # fmt: skip
        costs = [by_clock[name].measure("cost").value / weeks for name in names]
        ax.set_yticks(
            rows,
            [f"{name}\n{cost:,.0f} EUR a week" for name, cost in zip(names, costs, strict=True)],
        )
        ax.set(xlim=(0, 101), ylim=(-0.5, len(names) - 0.4))
        ax.set_xlabel("messages answered within the hour [%]")
        ax.grid(axis="x")
        n = by_clock[names[0]].replications
        heading(ax, "The hour kept, cheapest option first", f"{weeks} weeks · {n} replications · the same messages", part=0.62)  # fmt: skip
        legend = legend_below(ax, columns=2, room_pt=46)
        footnote(ax, "Bars: 95 % confidence intervals.", below=legend, part=0.62)
    plt.savefig(folder / "promise.png", dpi=150)
    with page(None) as ax:
        shown = [name for name in OPTIONS if name != "late hours, more people"]  # on 'late hours'
        for (colour, _, dashes), name in zip(SERIES, shown, strict=False):
            waiting = backlog(by_clock[name])
            ax.plot(waiting.index + 1, waiting, color=colour, linestyle=dashes, label=name)
        ax.set(xticks=range(0, 169, 24), xlim=(0, 168), ylim=(0, None), ylabel="messages waiting")
        ax.set_xticklabels([])
        ax.set_xticks(range(12, 168, 24), DAYS, minor=True)
        ax.tick_params(axis="x", which="minor", length=0)
        ax.grid()
        heading(ax, "Messages that wait, by hour of the week", f"mean over weeks 2 to {weeks} · {n} replications, the same messages for every option")  # fmt: skip
        legend = legend_below(ax, columns=2, room_pt=26)
        footnote(ax, "'late hours, more people' lies on 'late hours'.", below=legend)
    plt.savefig(folder / "backlog.png", dpi=150)
    print(f"\nsaved {folder / 'promise.png'} and {folder / 'backlog.png'}")


if __name__ == "__main__":
    main()
