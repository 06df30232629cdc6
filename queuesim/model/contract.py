"""What a group costs, and when it can change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from queuesim.errors import Problem, ScenarioError, shown
from queuesim.model.base import Model
from queuesim.model.faults import Fault, did_you_mean, one_of, plain, quoted
from queuesim.model.fields import Amount, Count, Many, Share
from queuesim.model.hours import OpeningHours


class Premium(Model):
    """Extra pay for hours that are unsocial.

    Parameters
    ----------
    hours
        When it is paid, by the local clock.
    share
        Addition to the wage, 0 or more: 0.5 is half as much again.

    Examples
    --------
    >>> Premium(hours={"sat,sun": "00:00-24:00"}, share=0.5).share
    0.5
    """

    hours: OpeningHours
    share: Amount


class InHouse(Model):
    """People on the own payroll.

    Parameters
    ----------
    per_hour
        Wage [currency per paid hour].
    on_costs
        Employer's costs on top of the wage, as a share of it: 0.25 is 25 %.
    premiums
        Extra pay for unsocial hours.
    overtime
        What an hour beyond the session costs, as a multiple of the wage, 1 or more.
    on_payroll
        People on the payroll now; None is as many as the plan needs.
    hiring_cost
        Cost of a hire [currency].
    hiring_lead_weeks
        From the decision to hire to the first productive day [weeks]. A plan by weeks or for the
        horizon must not have more people than are on the payroll before then.
    notice_weeks
        From the decision to part to the last paid day [weeks].
    attrition
        Share of people who leave in a year, 0 to 1.

    Examples
    --------
    >>> InHouse(per_hour=24.0, on_costs=0.22).overtime
    1.5
    """

    kind: Literal["in_house"] = "in_house"
    per_hour: Amount
    on_costs: Annotated[Amount, Field(le=3)] = 0.0
    premiums: Many[Premium] = ()
    overtime: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1)] = 1.5
    on_payroll: Count | None = None
    hiring_cost: Amount = 0.0
    hiring_lead_weeks: Count = 0
    notice_weeks: Count = 0
    attrition: Share = 0.0


class VolumeBand(Model):
    """The volume a price is agreed for.

    Parameters
    ----------
    low, high
        Contacts a month. Below ``low``, ``low`` contacts are billed.
    outside_factor
        What the price per contact and per minute of the contacts above ``high`` is multiplied by.

    Examples
    --------
    >>> VolumeBand(low=8000, high=12000, outside_factor=1.15).high
    12000.0
    """

    low: Amount = 0.0
    high: Amount
    outside_factor: Amount = 1.0

    def _check(self) -> Iterator[Fault]:
        if self.high < self.low:
            yield Fault(f"must be at least low, {self.low:g}", "swap them?", ("high",))


class Tier(Model):
    """A price step by monthly volume.

    Parameters
    ----------
    above
        Contacts a month from which it holds, for the contacts beyond them.
    factor
        What the price per contact and per minute is multiplied by.

    Examples
    --------
    >>> Tier(above=20_000, factor=0.9).factor
    0.9
    """

    above: Amount
    factor: Amount


class BonusMalus(Model):
    """Money for keeping the promise, or for not keeping it.

    Parameters
    ----------
    target
        Share of contacts answered within the contact types' own time, 0 to 1.
    bonus
        Share of the month's bill added when the target is met.
    malus
        Share of the month's bill taken off when it is not.

    Examples
    --------
    >>> BonusMalus(target=0.8, bonus=0.02, malus=0.05).malus
    0.05
    """

    target: Share
    bonus: Amount = 0.0
    malus: Share = 0.0


class Outsourced(Model):
    """A partner's people, at the partner's prices. At least one price is above 0.

    Parameters
    ----------
    per_hour
        Price of a staffed hour [currency/h].
    per_contact
        Price of a handled contact [currency].
    per_minute
        Price of a minute that an agent is busy: talk, wrap-up, ringing; chats at once count once
        [currency/min].
    monthly_fee
        Base fee [currency per calendar month; a month cut by the horizon counts by its days].
    monthly_minimum
        The least that a month's bill comes to [currency per calendar month, by days likewise].
    band
        The volume the prices are agreed for.
    tiers
        Price steps by monthly volume, ``above`` rising.
    bonus_malus
        Money for keeping the promise about waiting, judged by the month's service level of the
        contact types that the group serves, whoever answered.
    ramp_limit
        People that can be added from one week to the next; None is no limit. A plan by weeks or
        for the horizon is held against it; those who are there in the first week count as agreed.
    lead_weeks
        From the order to the first added people [weeks]. A plan by weeks or for the horizon must
        not rise above its first week before then.

    Examples
    --------
    >>> Outsourced(per_minute=0.62, monthly_minimum=20_000).per_minute
    0.62
    """

    kind: Literal["outsourced"] = "outsourced"
    per_hour: Amount = 0.0
    per_contact: Amount = 0.0
    per_minute: Amount = 0.0
    monthly_fee: Amount = 0.0
    monthly_minimum: Amount = 0.0
    band: VolumeBand | None = None
    tiers: Many[Tier] = ()
    bonus_malus: BonusMalus | None = None
    ramp_limit: Count | None = None
    lead_weeks: Count = 0

    def _check(self) -> Iterator[Fault]:
        prices = ("per_hour", "per_contact", "per_minute", "monthly_fee", "monthly_minimum")
        if not any(getattr(self, name) > 0 for name in prices):
            yield Fault(
                f"at least one of {one_of(prices)} must be above 0",
                "give per_minute=0.60, say",
                given="no price",
            )
        steps = [tier.above for tier in self.tiers]
        for index, (lower, upper) in enumerate(pairwise(steps)):
            if upper <= lower:
                at = ("tiers", str(index + 1), "above")
                yield Fault(
                    f"must be above the tier before it, {lower:g}", "order the tiers by above", at
                )

    def ramped(self, need: Sequence[int]) -> tuple[int, ...]:
        """Return the smallest weekly plan that covers the need within the ramp limit, starting
        early where it must.

        Parameters
        ----------
        need
            People needed in each calendar week. The first ``lead_weeks`` weeks are taken as agreed:
            an order given now changes nothing before them, so the plan there is the need as it is.

        Returns
        -------
        tuple of int
            People in each week, nowhere below the need; from one week to the next at most
            ``ramp_limit`` more.

        Raises
        ------
        ScenarioError
            When the need rises too soon: no plan within the lead time and the ramp limit covers it.

        Examples
        --------
        >>> Outsourced(per_hour=30.0, ramp_limit=5).ramped((10, 10, 10, 23, 12))
        (10, 13, 18, 23, 12)
        """
        weeks = _whole_numbers(need)
        if self.ramp_limit is None or not weeks:
            return weeks
        plan = list(weeks)
        for week in range(len(plan) - 2, -1, -1):
            plan[week] = max(plan[week], plan[week + 1] - self.ramp_limit)
        agreed = min(self.lead_weeks, len(plan))
        if plan[:agreed] == list(weeks[:agreed]):
            return tuple(plan)
        raise ScenarioError([self._too_soon(weeks, agreed)], "Outsourced.ramped")

    def _too_soon(self, weeks: tuple[int, ...], agreed: int) -> Problem:
        """Return the first week that cannot be reached from the weeks that are agreed."""
        ramp = self.ramp_limit or 0
        reach = [weeks[0]]
        for week in range(1, len(weeks)):
            before = weeks[week - 1] if week <= agreed else reach[-1]
            reach.append(before + ramp)
        late = next(week for week in range(1, len(weeks)) if weeks[week] > reach[week])
        return Problem(
            f"need.{late}",
            str(weeks[late]),
            f"week {late} can have {reach[late]} people at most: the first {self.lead_weeks} "
            f"weeks stay as they are, then at most {ramp} more come each week",
            "order earlier, need less, or agree a higher ramp_limit",
        )


def _whole_numbers(need: Sequence[int]) -> tuple[int, ...]:
    items = plain(need) if not isinstance(need, (str, bytes)) else need
    if not isinstance(items, tuple):
        items = tuple(items) if isinstance(items, range) else None
    if items is None:
        raise ScenarioError(
            [Problem("need", shown(need), "must be a list of people by week")], "Outsourced.ramped"
        )
    problems = [
        Problem(f"need.{week}", shown(people), "must be a whole number, 0 or more")
        for week, people in enumerate(items)
        if isinstance(people, bool) or not isinstance(people, int) or people < 0
    ]
    if problems:
        raise ScenarioError(problems, "Outsourced.ramped")
    return tuple(items)


def _with_known_kind(given: Any) -> Any:
    given = plain(given)
    if isinstance(given, (InHouse, Outsourced)):
        return given
    kinds = ("in_house", "outsourced")
    if not isinstance(given, dict):
        raise Fault("must be a contract: InHouse or Outsourced", "write InHouse(per_hour=…), say")
    kind = given.get("kind")
    if kind is None:
        raise Fault(
            f"must say its kind: {one_of(map(quoted, kinds))}",
            'add kind="in_house", say',
            ("kind",),
            given="nothing",
        )
    if kind not in kinds:
        raise Fault(f"must be {one_of(map(quoted, kinds))}", did_you_mean(kind, kinds), ("kind",))
    return given


Contract = Annotated[
    Annotated[InHouse | Outsourced, Field(discriminator="kind")], BeforeValidator(_with_known_kind)
]
"""What a group costs: `InHouse` or `Outsourced`, told apart by ``kind``."""
