"""queuesim: a contact-centre simulator that ends in a decision with its uncertainty.

State what is known (`Scenario` and its parts), let `simulate` and `compare` play it many times, and
read measures with confidence, money by contract term, and the option to choose.

>>> import queuesim as qs
>>> qs.__version__
'0.1.0'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from queuesim import theory
    from queuesim.engines.outcome import ContactOutcome
    from queuesim.engines.routing import Pair
    from queuesim.errors import Problem, ScenarioError, ScenarioWarning, UnsupportedByEngine
    from queuesim.experiments.compare import Comparison, compare
    from queuesim.experiments.decision import Decision
    from queuesim.experiments.furthest import furthest
    from queuesim.experiments.simulate import simulate
    from queuesim.model import (
        AgentGroup,
        Announcement,
        Blend,
        BonusMalus,
        CallbackOffer,
        Channel,
        ContactType,
        Demand,
        Deterministic,
        Dialling,
        Empirical,
        Event,
        Exponential,
        FrontDoor,
        Gamma,
        Horizon,
        Hours,
        Hyperexponential,
        InHouse,
        LogNormal,
        Outsourced,
        Premium,
        Return,
        Scenario,
        Series,
        ServiceTarget,
        Shift,
        Skill,
        Starters,
        Tier,
        Transfer,
        VolumeBand,
        Weibull,
        policies,
    )
    from queuesim.reporting import plots
    from queuesim.results import Estimate, Experience, OwnMeasure, Result, ServiceLevel
    from queuesim.watching import now
    from queuesim.watching.detect import detect
    from queuesim.watching.diagnose import diagnose
    from queuesim.watching.nowcast import nowcast
    from queuesim.watching.outlook import outlook
    from queuesim.watching.predict import predict_wait

__version__ = "0.1.0"

_WHERE = {
    "queuesim.errors": ("Problem", "ScenarioError", "ScenarioWarning", "UnsupportedByEngine"),
    "queuesim.model": (
        "AgentGroup",
        "Announcement",
        "Blend",
        "BonusMalus",
        "CallbackOffer",
        "Channel",
        "ContactType",
        "Demand",
        "Deterministic",
        "Dialling",
        "Empirical",
        "Event",
        "Exponential",
        "FrontDoor",
        "Gamma",
        "Horizon",
        "Hours",
        "Hyperexponential",
        "InHouse",
        "LogNormal",
        "Outsourced",
        "Premium",
        "Return",
        "Scenario",
        "Series",
        "ServiceTarget",
        "Shift",
        "Skill",
        "Starters",
        "Tier",
        "Transfer",
        "VolumeBand",
        "Weibull",
    ),
    "queuesim.engines.outcome": ("ContactOutcome",),
    "queuesim.engines.routing": ("Pair",),
    "queuesim.results": ("Estimate", "Experience", "OwnMeasure", "Result", "ServiceLevel"),
    "queuesim.experiments": ("Comparison", "Decision", "compare", "furthest", "simulate"),
    "queuesim.watching.predict": ("predict_wait",),
    "queuesim.watching.nowcast": ("nowcast",),
    "queuesim.watching.detect": ("detect",),
    "queuesim.watching.diagnose": ("diagnose",),
    "queuesim.watching.outlook": ("outlook",),
}
_HOME = {name: module for module, names in _WHERE.items() for name in names}
_MODULES = {
    "theory": "queuesim.theory",
    "plots": "queuesim.reporting.plots",
    "policies": "queuesim.model.policies",
    "now": "queuesim.watching.now",
}

__all__ = ["__version__", *sorted(_HOME), *sorted(_MODULES)]


def __getattr__(name: str) -> Any:
    """Fetch a public name when it is first used: importing queuesim stays light."""
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    elif name in _MODULES:
        value = import_module(_MODULES[name])
    else:
        raise AttributeError(f"module 'queuesim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
