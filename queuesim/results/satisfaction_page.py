"""Satisfaction in print: the numbers, their definitions, and all that was assumed."""

from __future__ import annotations

import textwrap
from math import isnan
from typing import TYPE_CHECKING, Any

from queuesim.model.base import FixedDict
from queuesim.model.distributions import Deterministic
from queuesim.model.wording import law_in_words
from queuesim.results.confidence import Estimate
from queuesim.results.experience import Experience
from queuesim.results.wording import number_text, plus_minus_text, text_table
from queuesim.units import format_duration

if TYPE_CHECKING:
    from queuesim.results.satisfaction import Satisfaction

_SHOWN = ("customers", "csat", "nps", "ces", "exceeded_share", "met_share", "missed_share")
_HEAD = ("customers", "CSAT", "NPS", "CES", "exceeded", "met", "missed")
_WHAT = {
    "contact_type": "contact type",
    "agent_group": "agent group",
    "week": "week",
}
_DEFINITIONS = (
    "CSAT: share of the answers 4 and 5 of 5. NPS: share of the answers 9 and 10 less that of 0 to "
    "6, in points. CES: mean answer to “it was easy”, 7 the easiest. A customer: a first attempt "
    "with all contacts that followed; counted in the contact type and week of that attempt, and in "
    "the agent group that served the customer last.",
    "Expectations missed: waited longer than expected, a promise broken, left unserved, or not "
    "resolved. Exceeded: none of these, nothing further needed, and every wait at most "
    "{exceeds:.3g} % of the expected one. Met: the others.",
)
_SURVEY = (
    "One survey, for orientation only: of what made an experience exceptional, friendliness was "
    "named by 63 %, speed by 28 %, technology by 3 %."
)


def page(satisfaction: Satisfaction) -> str:
    """Return satisfaction as a page that a planner reads."""
    result, model = satisfaction.result, satisfaction.model
    many = f"{result.replications:,} replication{'' if result.replications == 1 else 's'}"
    parts = [
        f"Experience of {result.scenario.name!r}: {many}, seed {result.seed}; ± at "
        f"{100 * satisfaction.confidence:g} % confidence",
        _wrapped(
            "These are assumptions turned into numbers, not measurements: what customers answer "
            "follows from what the model below supposes that they expect and mind. Trust the "
            "difference between options more than the level, and fit the model to your own survey. "
            "± is the chance of the simulation only."
        ),
        _numbers(satisfaction),
        *(
            _wrapped(text.format(exceeds=100 * model.exceeds))
            for text in (*_DEFINITIONS, *_cautions(satisfaction))
        ),
        "Assumed (* by you, the others by default):\n" + _assumptions(model),
        _wrapped(_SURVEY),
    ]
    return "\n\n".join(parts)


def _numbers(satisfaction: Satisfaction) -> str:
    estimates = satisfaction.estimates
    rows: list[list[str]] = []
    before = ""
    for by, of in dict.fromkeys((by, of) for by, of, _ in estimates):
        if by != before and by in _WHAT:
            rows.append([_WHAT[by], *[""] * len(_SHOWN)])
        before = by
        if estimates[by, of, "customers"].value > 0:
            cells = [_cell(name, estimates[by, of, name]) for name in _SHOWN]
            rows.append([of if by == "all" else f"  {of}", *cells])
    return text_table(("", *_HEAD), rows)


def _cell(name: str, estimate: Estimate) -> str:
    value, half_width = estimate.value, estimate.half_width
    if name == "nps":
        return f"{value:.1f}" + ("" if isnan(half_width) else f" ± {half_width:.1f}")
    if name in ("csat", "ces"):
        return plus_minus_text(value, half_width, "share" if name == "csat" else "")
    return number_text(value, "contacts" if name == "customers" else "share")


def _cautions(satisfaction: Satisfaction) -> list[str]:
    customers = satisfaction.customers
    nobody = float(customers["agent_group"].isna().mean()) if len(customers) else 0.0
    still = float(customers["open"].mean()) if len(customers) else 0.0
    said = []
    if nobody > 0:
        said.append(f"No person served {number_text(nobody, 'share')}: they are in no agent group.")
    if still > 0:
        said.append(
            f"{number_text(still, 'share')} still waited when the horizon ended, and are judged as "
            "they stood."
        )
    return said


def _assumptions(model: Experience) -> str:
    rows = []
    for name, field in Experience.model_fields.items():
        value = getattr(model, name)
        own = value != field.default
        if value == FixedDict() or (name.endswith("_cuts") and not own):
            continue
        rows.append(f"{name}{'*' if own else ''} {_in_words(value)}")
    return textwrap.fill(
        "; ".join(rows), 96, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )


def _in_words(value: Any) -> str:
    if isinstance(value, FixedDict):
        return ", ".join(f"{key} {_in_words(each)}" for key, each in value.items())
    if isinstance(value, tuple):
        return ", ".join(f"{each:.3g}" for each in value)
    if isinstance(value, Deterministic):
        return format_duration(value.value)
    return f"{value:g}" if isinstance(value, float) else law_in_words(value)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 98, break_on_hyphens=False)
