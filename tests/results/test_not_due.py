"""Who still waits at the end and is not due yet: neither answered in time nor missed."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

import queuesim as qs
from queuesim.engines.outcome import Outcome
from queuesim.results import schema, tally
from queuesim.results.kept import kept_contacts
from queuesim.results.layout import Layout
from queuesim.results.measures import measure_named
from queuesim.results.service_level import NOT_DUE, ServiceLevel
from queuesim.results.tables import contact_table
from queuesim.results.tally import CONTACT_QUANTITIES
from tests.engines.by_hand import DAY_S, ENGINES, Row, contact_type, group, scenario, tape
from tests.engines.test_two_engines import in_pieces
from tests.reporting.looking import words
from tests.results.by_hand import result_of
from tests.results.by_numpy import slow_tally
from tests.results.pieces import counted_in_pieces, same

mpl.use("Agg")

H = 3600.0
TICK = 1 / 1024
FROM_8_TO_6 = {"mon-fri": "08:00-18:00"}


def target(within: float, clock: str = "all_hours") -> qs.ServiceTarget:
    return qs.ServiceTarget(share=0.8, within=within, clock=clock)


def centre(days: int = 1) -> qs.Scenario:
    """Calls, calls with an offer, requests, and messages by the clock and by opening hours."""
    types = [
        contact_type("phone", target=target(20), patience=qs.Exponential(mean=60)),
        contact_type(
            "line", target=target(20), callback=qs.CallbackOffer(accept=0.5, promise="1h")
        ),
        contact_type("request", "callback", target=target(600)),
        contact_type("mail", "message", target=target(4 * H)),
        contact_type("post", "message", target=target(2 * H, "opening_hours"), hours=FROM_8_TO_6),
        contact_type("chat", "chat", target=None),
    ]
    groups = [
        group("desk", ["phone", "line", "request", "post", "chat"], 1),
        group("pen", ["mail"], 1),
    ]
    return scenario(types, groups, days=days, short_abandon=5.0)


END = DAY_S
ROWS = [
    Row(9.0 * H, 60, kind="phone"),
    Row(9.1 * H, 60, kind="line"),
    Row(9.2 * H, 60, kind="request", answers=(True, True, True)),
    Row(9.3 * H, 600, kind="post"),
    Row(9.4 * H, 600, kind="mail"),
    Row(12 * H, 60, patience=15, kind="phone"),  # left within 20 s
    Row(15 * H, 60, kind="post"),  # three open hours: missed
    Row(16 * H, 60, kind="post"),  # two, to the second, at closing: missed
    Row(16 * H + TICK, 60, kind="post"),  # not due before tomorrow morning
    Row(19 * H, 2 * H, kind="mail"),  # begun at 23:30 and answered at 1:30: missed
    Row(19.5 * H, 60, kind="mail"),  # four hours and a half: missed
    Row(20 * H, 60, kind="mail"),  # due at the end: missed
    Row(20 * H + TICK, 60, kind="mail"),  # not due
    Row(21 * H, 60, kind="mail"),  # not due
    Row(22 * H, 60, kind="post"),  # came while closed: not due
    Row(END - 601, 60, kind="request"),  # missed
    Row(END - 600, 60, kind="request"),  # missed
    Row(END - 599, 60, kind="request"),  # not due
    Row(END - 30, 60, kind="phone"),  # missed
    Row(END - 20, 60, kind="phone"),  # missed
    Row(END - 15, 60, patience=5, kind="phone"),  # left at once
    Row(END - 12, 60, patience=100, kind="phone"),  # not due
    Row(END - 10, 60, kind="phone"),  # not due
    Row(END - 10, 60, kind="line"),  # declines: not due
    Row(END - 10, 60, kind="line", accepts=True),  # will not be answered live: missed
    Row(END - 10, 60, kind="chat"),  # no target
]
AGENTS = [("desk", [(0, 10 * H)]), ("pen", [(0, 10 * H), (23.5 * H, END)])]
BY_TYPE = {
    #          offered, unresolved, not due, within, left within
    "phone": (7, 4, 2, 1, 2),
    "line": (3, 2, 1, 1, 0),
    "request": (4, 3, 1, 1, 0),
    "mail": (6, 4, 2, 1, 0),
    "post": (5, 4, 2, 1, 0),
    "chat": (1, 1, 0, 0, 0),
}
QUANTITIES = ("offered", "unresolved", "not_due", "answered_within", "abandoned_within")


@pytest.fixture(scope="module", params=[*ENGINES, "in pieces"])
def played(request: pytest.FixtureRequest) -> Outcome:
    made = centre()
    drawn = tape(made, ROWS, AGENTS)
    if request.param == "in pieces":
        return in_pieces(made, drawn, [12 * H, 20 * H, END - 15])
    return ENGINES[request.param](made, drawn)


def test_what_is_counted(played: Outcome) -> None:
    numbers = tally(played)
    for kind, name in enumerate(played.scenario.contact_types):
        sums = dict(zip(CONTACT_QUANTITIES, numbers.contacts[:, kind].sum(axis=1), strict=True))
        assert tuple(sums[each] for each in QUANTITIES) == BY_TYPE[name.name], name.name
        assert sums["offered"] == sum(sums[each] for each in schema.BALANCE)
        assert sums["promises_due"] == 0
    same(numbers, slow_tally(played))
    same(counted_in_pieces(played, 3), numbers)


@pytest.mark.parametrize(
    ("definition", "levels"),
    [
        (ServiceLevel.ANSWERED_OF_OFFERED_LESS_SHORT, (1 / 3, 1 / 2, 1 / 3, 1 / 4, 1 / 3)),
        (ServiceLevel.ANSWERED_OF_OFFERED, (1 / 5, 1 / 2, 1 / 3, 1 / 4, 1 / 3)),
        (ServiceLevel.ANSWERED_OF_ANSWERED, (1, 1, 1, 1 / 2, 1)),
        (ServiceLevel.ANSWERED_OR_LEFT_OF_OFFERED, (3 / 5, 1 / 2, 1 / 3, 1 / 4, 1 / 3)),
        (ServiceLevel.QUICK_ABANDONS_EXCLUDED, (1 / 4, 1 / 2, 1 / 3, 1 / 4, 1 / 3)),
    ],
)
def test_service_levels(
    played: Outcome, definition: ServiceLevel, levels: tuple[float, ...]
) -> None:
    """Of the phone: of 7, 2 are not due, 2 left within 20 s, 1 of them at once."""
    stated = played.scenario
    result = result_of(tally(played), stated=stated).defined_by(definition)
    layout = Layout.of(stated)
    table = kept_contacts(
        contact_table(played, layout), layout, measure_named("service_level", definition)
    )
    for name, level in zip(BY_TYPE, levels, strict=False):
        assert result.measure("service_level", contact_type=name).value == level, name
        days = result.days[result.days.contact_type == name]
        assert days.service_level.tolist() == [level]
        assert table[table.contact_type == name]["kept"].mean() == level
    assert table["kept"].mean() == result.measure("service_level").value
    assert len(table) == result.values("service_level")[1][0]


def test_an_interval_of_which_nobody_is_due_has_no_service_level(played: Outcome) -> None:
    result = result_of(tally(played), stated=played.scenario)
    mail = result.intervals[result.intervals.contact_type == "mail"]
    assert mail.not_due.to_numpy().nonzero()[0].tolist() == [40, 42]
    assert mail.service_level.iloc[[18, 38, 39, 40]].tolist() == [1, 0, 0, 0]  # one of 20:00
    assert np.isnan(mail.service_level.iloc[42])


def test_it_is_said(played: Outcome) -> None:
    page = str(result_of(tally(played), stated=played.scenario).summary())
    assert f"\n  {NOT_DUE}\n" in page
    header = next(line for line in page.splitlines() if line.startswith("contacts "))
    assert header.split("unresolved")[1].strip() == "not due"
    rows = {line.split()[0]: line.split()[-2:] for line in page.splitlines() if "(message)" in line}
    assert rows == {"mail": ["4", "2"], "post": ["4", "2"]}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_longer_horizon_tells_how_they_end(engine: str) -> None:
    """On the next day everything is due: who was not due before is answered in time, or late."""
    made = centre(days=2)
    agents = [("desk", [(0, 10 * H), (END + 8 * H, END + 10 * H)]), ("pen", AGENTS[1][1])]
    numbers = tally(ENGINES[engine](made, tape(made, ROWS, agents)))
    sums = dict(zip(CONTACT_QUANTITIES, numbers.contacts.sum(axis=2), strict=True))
    assert sums["not_due"].tolist() == [0] * 6
    assert sums["unresolved"].tolist() == [0, 0, 0, 4, 0, 0]
    # of the posts that were not due, that of 22:00 is answered in time; the other had no more than
    # a tick, and two came before it
    assert sums["answered_within"].tolist() == [1, 1, 1, 1, 2, 0]


def test_where_all_have_ended_nothing_is_said(small: qs.Result) -> None:
    assert small.measure("unresolved").value == 0
    assert "not due" not in str(small.summary())


@pytest.fixture(scope="module")
def small() -> qs.Result:
    made = scenario([contact_type(target=target(20))], [group("home", ["phone"])])
    drawn = tape(made, [Row(9 * H, 60)], [("home", [(0, END)])])
    return result_of(tally(ENGINES["reference"](made, drawn)), stated=made)


def test_options_say_it_beside_the_service_level() -> None:
    mail = contact_type("mail", "message", target=target(4 * H))
    pen = group("pen", ["mail"], 1, hours="08:00-18:00")
    options = qs.compare(
        {"four hours": scenario([mail], [pen]), "one": scenario([mail], [pen])},
        replications=2,
        engine="reference",
        progress=False,
    )
    assert NOT_DUE in str(options.table("service_level"))
    assert NOT_DUE not in str(options.table("asa"))
    assert NOT_DUE.replace("within T", "within 4 h") in words(qs.plots.options(options))
