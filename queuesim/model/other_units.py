"""Numbers that are likely in another unit than meant: seconds for minutes, per cent for a share, a
year's pay for an hour's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from queuesim.model.contact_type import Channel, ContactType
from queuesim.model.contract import InHouse
from queuesim.model.demand import Demand
from queuesim.model.distributions import Empirical
from queuesim.model.wording import percent
from queuesim.units import format_duration

if TYPE_CHECKING:
    from queuesim.model.agent_group import AgentGroup
    from queuesim.model.scenario import Scenario

_SHORTEST_S = 10.0
_SHORTEST_INTERVAL_S = 300.0
_LARGEST_CV = 3.0
_LARGEST_FACTOR = 10.0
_BULGE_S = 3600.0  # in so short a time many may come at once: a mailing, letters from the weekend
_HOURS_OF_A_MONTH, _HOURS_OF_A_YEAR = 160, 1800

# The dearest price that nobody asks about, in euros or what is worth about as much.
_DEAREST = {"per_hour": 500.0, "per_minute": 10.0, "per_contact": 500.0}
_NOUN = {"per_hour": "an hour", "per_minute": "a minute", "per_contact": "a contact"}

# Roughly how many make a euro, where it is more than a few: by order of magnitude only.
_TO_THE_EURO = {
    "ARS": 1000, "BDT": 130, "CLP": 1000, "COP": 4500, "CRC": 600, "CZK": 25, "DKK": 7,
    "EGP": 50, "HUF": 400, "IDR": 18000, "INR": 100, "ISK": 140, "JPY": 150, "KES": 150,
    "KRW": 1500, "KZT": 500, "LKR": 350, "MAD": 10, "MXN": 20, "NGN": 1700, "NOK": 12,
    "PHP": 60, "PKR": 320, "PYG": 8000, "RSD": 117, "RUB": 100, "SEK": 11, "THB": 40, "TRY": 50,
    "TWD": 35, "TZS": 3000, "UAH": 45, "UGX": 4000, "UYU": 45, "UZS": 14000, "VND": 28000,
    "ZAR": 20,
}  # fmt: skip


def other_units(scenario: Scenario) -> Iterator[str]:
    """Yield a line, path first, for each number that is hardly meant as it stands.

    Parameters
    ----------
    scenario
        What is stated.
    """
    interval = scenario.horizon.interval
    if interval < _SHORTEST_INTERVAL_S:
        yield (
            f"horizon.interval: {format_duration(interval)} is a short interval to plan by: did "
            f'you mean "{format_duration(60 * interval)}"? Plain numbers are seconds'
        )
    for each in scenario.contact_types:
        yield from _times(each, f"contact_types.{each.name}")
        yield from _demand(each.demand, f"contact_types.{each.name}.demand")
    for group in scenario.agent_groups:
        yield from _prices(group, scenario.currency)


def _times(each: ContactType, at: str) -> Iterator[str]:
    for name in ("talk", "wrap_up", "patience"):
        law = getattr(each, name)
        if law is None:
            continue
        # A short wrap-up is usual, and so is a page that is read in no time.
        told = name != "wrap_up" and each.channel is not Channel.SELF_SERVICE
        if told and 0 < law.mean_s < _SHORTEST_S:
            mean = format_duration(law.mean_s)
            yield (
                f"{at}.{name}: {mean} on average: did you mean "
                f'"{format_duration(60 * law.mean_s)}"? Plain numbers are seconds'
            )
        if law.cv >= _LARGEST_CV and not isinstance(law, Empirical):
            near = law.cv / (10 if law.cv < 10 else 100)
            yield (
                f"{at}.{name}: cv {law.cv:g} is a standard deviation of {law.cv:g} times the mean: "
                f"did you mean {near:g} ({percent(near)})?"
            )


def _demand(demand: Demand, at: str) -> Iterator[str]:
    for event in demand.events:
        if event.factor >= _LARGEST_FACTOR and event.lasts > _BULGE_S:
            near = event.factor / 100 + (1 if event.factor < 100 else 0)
            yield (
                f"{at}.events.{event.name}: factor {event.factor:g} is {event.factor:g} times as "
                f"many: did you mean {near:g} ({100 * (near - 1):+.3g} %)?"
            )
    if demand.growth > 1:
        yield (
            f"{at}.growth: {demand.growth:g} is {percent(demand.growth)} more every year: did you "
            f"mean {demand.growth / 100:g} ({demand.growth:g} %)?"
        )
    if demand.busyness >= 1:
        yield (
            f"{at}.busyness: days scatter by {percent(demand.busyness)}: did you mean "
            f"{demand.busyness / 100:g} ({demand.busyness:g} %)?"
        )


def _prices(group: AgentGroup, currency: str) -> Iterator[str]:
    for term, most in _DEAREST.items():
        price = getattr(group.contract, term, 0.0)
        worth = _TO_THE_EURO.get(currency.upper(), 1)
        if price <= most * worth:
            continue
        of = "what is it the price of"
        if term == "per_minute":
            of = f"is it an hour's price ({price / 60:,.2f} a minute)"
        elif term == "per_contact":
            of = "is it a fee by the month"
        elif isinstance(group.contract, InHouse):
            year = price >= 20 * most * worth
            hours = _HOURS_OF_A_YEAR if year else _HOURS_OF_A_MONTH
            of = f"is it a {'year' if year else 'month'}'s pay ({price / hours:,.2f} an hour)"
        yield (
            f"agent_groups.{group.name}.contract.{term}: {price:,.2f} {currency} {_NOUN[term]}: "
            f"{of}, or is the currency another one?"
        )
