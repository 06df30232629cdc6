"""Diagnosis by contact type: whose wait is explained, while causes range over all types."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import queuesim as qs
from benchmarks.watching_diagnosis import adds_up
from benchmarks.watching_diagnosis_incidents import beside_mail, more, teams_apart, times
from queuesim.watching.diagnose import Diagnosis, diagnose
from queuesim.watching.observed import observed_of
from tests.watching.small_centres import DAY, behind_the_web, tables_of

SINCE, UNTIL = f"{DAY} 08:00", f"{DAY} 18:00"
CALLS, MAIL = "billing", "mail"


def told(plan: qs.Scenario, worse: qs.Scenario, **given: object) -> Diagnosis:
    table, staff = observed_of(worse, seed=4)
    found = diagnose(plan, table, staff, since=SINCE, until=UNTIL, replications=20, **given)  # type: ignore[arg-type]
    assert adds_up(found)
    return found


def test_who_shares_nobody_is_explained_as_if_alone() -> None:
    """Two teams that share nothing: a diagnosis of one is that of a centre without the other.

    The tape is the same without the other type, so it is equal, not about equal.
    """
    plan = teams_apart()
    home = plan.agent_group("home")
    alone = qs.Scenario(
        name="billing alone",
        contact_types=(plan.contact_type("billing"),),
        agent_groups=(home,),
        horizon=plan.horizon,
    )
    worse = more("billing", 1.15)(times("contact_types.billing.talk.mean", 1.1)(plan))
    table, staff = observed_of(worse, seed=4)
    mine = table["contact_type"] == "billing"
    nothing_seen = table.copy()
    measures = [name for name in table if name not in ("start", "contact_type")]
    nothing_seen.loc[~mine, measures] = np.nan
    staff = staff[staff["agent_group"] == "home"]
    given = {"since": SINCE, "until": UNTIL, "replications": 20, "ordinary": 1.0}
    one = diagnose(plan, nothing_seen, staff, contact_type="billing", **given)
    other = diagnose(alone, table[mine], staff, **given)
    assert one.contact_types == other.contact_types == ("billing",)
    assert (one.observed, one.expected) == (other.observed, other.expected)
    columns = ["cause", "seconds", "share", "low", "high"]
    pd.testing.assert_frame_equal(one.table[columns], other.table[columns], check_exact=True)
    assert " of billing " in str(one)
    assert " of billing " not in str(other)


def test_what_another_team_went_through_carries_exactly_nothing() -> None:
    plan = teams_apart()
    worse = more("support", 1.3)(more("billing", 1.15)(plan))
    found = told(plan, worse, contact_type=["billing"])
    parts = found.parts.set_index(["cause", "part"])["seconds"]
    assert parts["contacts", "support"] == 0.0
    assert parts["contacts", "billing"] == found.table.set_index("cause").loc["contacts", "seconds"]
    assert found.main_cause == "contacts"


def test_the_wait_is_that_of_the_chosen_types() -> None:
    plan = teams_apart()
    table, _ = observed_of(plan, seed=4)
    inside = table[(table["start"] >= SINCE) & (table["start"] < UNTIL)]
    for chosen in (("billing",), ("support",), ("support", "billing")):
        mine = inside[inside["contact_type"].isin(chosen)]
        wait = (mine["mean_wait_s"] * mine["answered"]).sum() / mine["answered"].sum()
        left = mine["abandoned"].sum() / mine["offered"].sum()
        assert told(plan, plan, contact_type=chosen).observed == pytest.approx(wait, abs=1e-3)
        found = told(plan, plan, contact_type=chosen, measure="abandonment")
        assert found.observed == pytest.approx(left, abs=1e-6)


def test_longer_calls_are_found_beside_messages_that_wait_for_hours() -> None:
    """Calls of 4 minutes and 40 seconds take 23 % longer; a mail waits 1.6 hours, a call 5 s.

    Of all types together the same excess is lost in what mail waits by chance.
    """
    plan = beside_mail()
    worse = times("contact_types.billing.talk.mean", 1.27)(plan)
    found = told(plan, worse)
    assert found.contact_types == (CALLS,)
    assert found.main_cause == "handling"
    assert 0.5 < found.table.set_index("cause").loc["handling", "share"] < 1.5
    assert found.expected < 30.0
    text = str(found)
    assert "mean wait of the answered of billing" in text
    assert 'Left out: mail, where a wait lasts until the response, often for hours; contact_type="mail" asks for it.' in text  # fmt: skip  # noqa: E501
    both = told(plan, worse, contact_type=(CALLS, MAIL), parts=False)
    assert both.expected > 600.0
    assert "Left out" not in str(both)
    assert "of billing" not in str(both)
    mail = told(plan, worse, contact_type=MAIL, parts=False)
    assert mail.contact_types == (MAIL,)
    assert mail.observed > both.observed > found.observed
    assert mail.main_cause == "handling"  # who talks longer writes later


def test_more_mail_may_be_what_callers_wait_for() -> None:
    """Mail that comes in turn with calls, and is not interrupted, holds them up."""
    plan = beside_mail().change("agent_groups.team.interruptible", ())
    plan = plan.change("contact_types.mail.weight", 1.0)
    found = told(plan, more(MAIL, 1.6)(plan))
    assert found.contact_types == (CALLS,)
    assert found.main_cause == "contacts"
    parts = found.parts[found.parts["cause"] == "contacts"].set_index("part")["seconds"]
    assert parts[MAIL] > 3 * abs(parts[CALLS])
    assert parts.sum() == found.table.set_index("cause").loc["contacts", "seconds"]


def test_callers_who_lose_patience_are_seen_beside_mail() -> None:
    plan = beside_mail().change("agent_groups.team.headcount", {"day": (0,) * 16 + (11,) * 20 + (0,) * 12})  # fmt: skip  # noqa: E501
    hasty = times("contact_types.billing.patience.mean", 0.4)(plan)
    found = told(plan, hasty, measure="abandonment", parts=False)
    assert found.contact_types == (CALLS,)
    assert found.main_cause == "patience"


def test_a_type_that_changes_is_not_lost_beside_a_larger_one() -> None:
    """200 sales calls 40 % longer, beside 4,000 calls that are as planned."""
    plan = behind_the_web()
    plan = plan.change("contact_types.support.demand.per_day", 3600.0)
    plan = plan.change("contact_types.sales.demand.per_day", 200.0)
    plan = plan.change("agent_groups.home.headcount", 90)
    found = told(plan, times("contact_types.sales.talk.mean", 1.4)(plan), contact_type="sales")
    assert found.table.set_index("cause").loc["handling", "unusual"] < 0.05


def test_names_that_cannot_be_are_told_all_at_once() -> None:
    plan = behind_the_web()
    table, staff = tables_of(plan)
    with pytest.raises(qs.ScenarioError) as caught:
        diagnose(plan, table, staff, contact_type=("biling", "web"))
    text = str(caught.value)
    assert len(caught.value.problems) == 2
    assert 'Did you mean "billing"?' in text
    assert "must not be self-service, where nobody waits" in text
    assert "support, billing" in text
    with pytest.raises(qs.ScenarioError, match="must be a contact type or several"):
        diagnose(plan, table, staff, contact_type=())
    unseen = table.copy()
    unseen.loc[unseen["contact_type"] == "sales", "mean_wait_s"] = np.nan
    with pytest.raises(qs.ScenarioError, match="sales"):
        diagnose(plan, unseen, staff, contact_type="sales")


def test_messages_alone_are_explained_where_nothing_else_was_seen() -> None:
    plan = beside_mail()
    table, staff = observed_of(plan, seed=4)
    table.loc[table["contact_type"] == CALLS, ["mean_wait_s", "abandoned"]] = np.nan
    found = diagnose(plan, table, staff, replications=20, parts=False)
    assert found.contact_types == (MAIL,)
