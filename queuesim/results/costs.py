"""Money, by agent group or self-service, term of the contract and calendar month.

In house: wages and premiums of the scheduled people, overtime, on-costs on all of these, hiring,
replacements and notice. Outsourced: staffed hours, handled contacts, busy minutes, volume band,
tiers, fee, minimum, and bonus or malus. Self-service: the contacts that
it took in. See `queuesim.model.InHouse`, `queuesim.model.Outsourced` and `queuesim.model.FrontDoor`
for the terms, and the functions here for how each is worked out.

A handled contact is booked in the month in which it arrived, a minute in the month in which it was
worked; the two differ by the contacts that are open when a month ends. A month of which only a part
lies in the horizon counts by its days: half of June is half a fee, half a minimum and half of a
volume band.
Every line is a multiple of 2**-20 of the currency unit, so totals are exact in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from queuesim.model import InHouse, Outsourced
from queuesim.results import schema
from queuesim.results.layout import Layout, Periods
from queuesim.results.measures import combine
from queuesim.results.payroll import paid_within, people_by_week
from queuesim.results.service_level import DEFAULT
from queuesim.results.totals import Totals

Money = NDArray[np.float64]

_Term = tuple[str, str, Money, Money]
"""Term, unit, quantity and amount; both by replication and month, or by month."""

_MONEY_GRID = 2.0**20
HOURS_OF_A_WORKING_DAY = 8.0
"""Paid on a weekday to somebody under notice, in a week with nobody scheduled to compare with."""


@dataclass(frozen=True)
class CostLine:
    """One line of the bill, over replications.

    Attributes
    ----------
    agent_group, contact_type : str
        Whose line it is: a group's, or that of the self-service of a contact type; the other is
        empty.
    term, month, unit : str
        ``month`` such as ``2026-11``; ``unit`` of the quantity.
    quantity : numpy.ndarray, float64, shape (n,)
        What is charged for, in each replication.
    amount : numpy.ndarray, float64, shape (n,)
        Money in each replication; negative for a discount or a malus.
    """

    agent_group: str
    contact_type: str
    term: str
    month: str
    unit: str
    quantity: Money
    amount: Money


def cost_lines(totals: Totals) -> tuple[CostLine, ...]:
    """Work out the bill of every agent group, and of every self-service.

    Parameters
    ----------
    totals : Totals

    Returns
    -------
    tuple of CostLine
        By agent group, then by contact type; term and month.
    """
    layout = totals.layout
    groups = (line for group in range(len(layout.groups)) for line in _bill(totals, group))
    doors = (line for kind in range(len(layout.types)) for line in _self_service(totals, kind))
    return (*groups, *doors)


def total(lines: Sequence[CostLine], n: int) -> Money:
    """Return the sum of the lines in each replication, shape (n,)."""
    return np.sum([line.amount for line in lines], axis=0) if lines else np.zeros(n)


def cost_table(lines: Sequence[CostLine]) -> pd.DataFrame:
    """Return the lines as a table, means over replications; columns as in `schema.COST_COLUMNS`."""
    rows = [
        (
            line.agent_group,
            line.contact_type,
            line.term,
            line.month,
            float(line.quantity.mean()),
            line.unit,
            float(line.amount.mean()),
        )
        for line in lines
    ]
    return pd.DataFrame(rows, columns=list(schema.names(schema.COST_COLUMNS)))


def _bill(totals: Totals, group: int) -> Iterator[CostLine]:
    layout = totals.layout
    contract = layout.scenario.agent_groups[group].contract
    terms = (
        _in_house(contract, totals, group)
        if isinstance(contract, InHouse)
        else _outsourced(contract, totals, group)
    )
    yield from _lines(totals, terms, agent_group=layout.groups[group])


def _self_service(totals: Totals, kind: int) -> Iterator[CostLine]:
    """What self-service costs: so much for each contact that it took in, dealt with or not."""
    layout = totals.layout
    door = layout.scenario.contact_types[kind].front_door
    if door is None or not door.per_contact:
        return
    taken = totals.contacts_by_day("offered") - totals.contacts_by_day("turned_away")
    contacts = layout.months.of_days(taken[:, kind])
    terms = [("self-service", "contacts", contacts, contacts * door.per_contact)]
    yield from _lines(totals, terms, contact_type=layout.types[kind])


def _lines(
    totals: Totals, terms: Iterable[_Term], *, agent_group: str = "", contact_type: str = ""
) -> Iterator[CostLine]:
    """Make lines of terms, month by month; amounts go onto the grid, and empty lines away."""
    months = totals.layout.months
    shape = (totals.n, len(months))
    for term, unit, quantity, amount in terms:
        many = np.broadcast_to(quantity, shape)
        money = np.rint(np.broadcast_to(amount, shape) * _MONEY_GRID) / _MONEY_GRID
        for k, month in enumerate(months.labels):
            if many[:, k].any() or money[:, k].any():
                yield CostLine(
                    agent_group, contact_type, term, month, unit, many[:, k], money[:, k]
                )


def _in_house(contract: InHouse, totals: Totals, group: int) -> Iterator[_Term]:
    """Own people. Scheduled hours are paid, worked or not; overtime is busy time past sessions."""
    layout = totals.layout
    months, wage = layout.months, contract.per_hour
    hours = months.of_days(layout.by_day(layout.scheduled_s[group])) / 3600
    overtime = months.of_days(totals.groups_by_day("overtime_s")[:, group]) / 3600
    notice = _notice_hours(contract, layout, group)
    paid: list[_Term] = [("wages", "h", hours, hours * wage)]
    for premium in contract.premiums:
        windows = premium.hours.windows(layout.scenario.horizon)
        within = paid_within(layout.rosters[group], windows, _month_edges(layout)) / 3600
        term = f"premium {premium.hours.describe()}"
        paid.append((term, "h", within, within * wage * premium.share))
    paid.append(("overtime", "h", overtime, overtime * wage * contract.overtime))
    paid.append(("notice", "h", notice, notice * wage))
    yield from paid
    if contract.on_costs:
        wages = sum((amount for *_, amount in paid), np.zeros(()))
        yield "on-costs", "", np.zeros(()), wages * contract.on_costs
    people = people_by_week(layout, group)
    if contract.on_payroll is not None:
        hires = np.zeros(len(months))
        hires[0] = max(0, int(people.max(initial=0)) - contract.on_payroll)
        yield "hiring", "people", hires, hires * contract.hiring_cost
    if contract.attrition:
        leave = _by_day(people, layout.weeks) * contract.attrition / 365.25
        leavers = months.of_days(leave)
        yield "replacements", "people", leavers, leavers * contract.hiring_cost


def _notice_hours(contract: InHouse, layout: Layout, group: int) -> Money:
    """Return paid hours of those on the payroll whom the plan does not need, by month.

    They are paid for `notice_weeks` from the start of the horizon, each for as many hours a day as
    those who are scheduled that week.
    """
    months, weeks = layout.months, layout.weeks
    if contract.on_payroll is None or contract.notice_weeks == 0:
        return np.zeros(len(months))
    people = people_by_week(layout, group)
    scheduled = layout.by_day(layout.scheduled_s[group]) / 3600
    weekday = np.array([day.weekday() for day in layout.dates])
    each = np.where(weekday < 5, HOURS_OF_A_WORKING_DAY, 0.0)
    today = _by_day(people, weeks)
    np.divide(scheduled, today, out=each, where=today > 0)
    surplus = np.maximum(contract.on_payroll - today, 0.0)
    surplus[7 * contract.notice_weeks :] = 0.0
    return months.of_days(surplus * each)


def _outsourced(contract: Outsourced, totals: Totals, group: int) -> Iterator[_Term]:
    """Partner's people. Bonus and malus are shares of the month's bill, which is all the rest."""
    months = totals.layout.months

    def by_month(quantity: str) -> Money:
        return months.of_days(totals.groups_by_day(quantity)[:, group])

    terms: list[_Term] = []
    contacts, minutes = by_month("handled"), by_month("busy_s") / 60
    if contract.per_hour:
        hours = by_month("staffed_s") / 3600
        terms.append(("staffed hours", "h", hours, hours * contract.per_hour))
    if contract.per_contact:
        terms.append(("contacts", "contacts", contacts, contacts * contract.per_contact))
    if contract.per_minute:
        terms.append(("minutes", "min", minutes, minutes * contract.per_minute))
    if contract.per_contact or contract.per_minute:
        each = np.full_like(minutes, _expected_minutes(totals.layout, group))
        np.divide(minutes, contacts, out=each, where=contacts > 0)
        price = contract.per_contact + contract.per_minute * each
        terms += _volume_terms(contract, contacts, price, months)
    if contract.monthly_fee:
        terms.append(("fee", "months", months.share, months.share * contract.monthly_fee))
    bill = sum((amount for *_, amount in terms), np.zeros_like(contacts))
    if contract.monthly_minimum:
        missing = np.maximum(months.share * contract.monthly_minimum - bill, 0.0)
        terms.append(("monthly minimum", "", np.zeros(()), missing))
        bill = bill + missing
    yield from terms
    if contract.bonus_malus:
        level = _service_level_by_month(totals, group)
        terms_of = contract.bonus_malus
        met = level >= terms_of.target - 1e-9  # False where nothing was offered
        missed = level < terms_of.target - 1e-9
        if terms_of.bonus:
            yield "bonus", "months", met.astype(float), met * bill * terms_of.bonus
        if terms_of.malus:
            yield "malus", "months", missed.astype(float), -(missed * bill * terms_of.malus)


def _volume_terms(
    contract: Outsourced, contacts: Money, price: Money, months: Periods
) -> Iterator[_Term]:
    """Volume band and tiers, as differences from the plain price.

    Tiers hold for the contacts beyond each step. Up to the band's low end contacts are billed that
    did not come; above its high end the tier's price is multiplied by the band's factor.
    """
    part, band = months.share, contract.band
    low = band.low * part if band else np.zeros_like(part)
    missing = np.maximum(low - contacts, 0.0)
    billed = contacts + missing
    if band and band.low:
        yield "below the band", "contacts", missing, missing * price
    steps = [(0.0, 1.0), *((tier.above, tier.factor) for tier in contract.tiers)]
    ends = [*(above for above, _ in steps[1:]), np.inf]
    if contract.tiers:
        beyond = np.maximum(billed - steps[1][0] * part, 0.0)
        worth = _worth(billed, steps, ends, part)
        yield "tiers", "contacts", beyond, (worth - billed) * price
    if band and band.outside_factor != 1:
        high = np.broadcast_to(band.high * part, billed.shape)
        above = np.maximum(billed - high, 0.0)
        worth = _worth(billed, steps, ends, part) - _worth(
            np.minimum(billed, high), steps, ends, part
        )
        yield "above the band", "contacts", above, worth * (band.outside_factor - 1) * price


def _worth(
    contacts: Money, steps: list[tuple[float, float]], ends: list[float], part: Money
) -> Money:
    """Return contacts weighted with the factor of the tier that each falls in."""
    worth = np.zeros_like(contacts)
    for (above, factor), end in zip(steps, ends, strict=True):
        worth += factor * np.clip(contacts - above * part, 0.0, (end - above) * part)
    return worth


def _service_level_by_month(totals: Totals, group: int) -> Money:
    """Return the service level of what a group serves, by replication and month; NaN for none."""
    layout = totals.layout
    skills = layout.scenario.agent_groups[group].skills
    served = [layout.types.index(skill.contact_type) for skill in skills]
    served = [k for k in served if layout.has_target[k]]

    def column(quantity: str) -> Money:
        by_day: Money = totals.contacts_by_day(quantity)[:, served].sum(axis=1)
        return layout.months.of_days(by_day)

    numerator, denominator = (
        combine(DEFAULT.numerator, column),
        combine(DEFAULT.denominator, column),
    )
    level = np.full_like(numerator, np.nan)
    return np.divide(numerator, denominator, out=level, where=denominator > 0)


def _expected_minutes(layout: Layout, group: int) -> float:
    """Return the mean handle time [min] stated for what a group serves, for when it had none; of
    trained people, whose mean a spread of speed leaves as it is."""
    scenario = layout.scenario
    skills = scenario.agent_groups[group].skills
    stated = [scenario.contact_type(s.contact_type).handle_s * s.handle_factor for s in skills]
    return sum(stated) / len(stated) / 60


def _by_day(by_week: NDArray[np.int64], weeks: Periods) -> Money:
    return np.repeat(by_week, weeks.days).astype(np.float64)


def _month_edges(layout: Layout) -> Money:
    days = np.append(layout.months.first_day, layout.n_days)
    edges: Money = np.asarray(layout.scenario.horizon.day_edges_s)[days]
    return edges
