"""`simulate`: play one scenario many times."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor

from queuesim.engines.routing import Routing
from queuesim.experiments.replicate import Plan, replicate
from queuesim.model import Scenario
from queuesim.results import Result


def simulate(
    scenario: Scenario,
    *,
    replications: int = 100,
    seed: int = 0,
    until: Mapping[str, float] | None = None,
    engine: str = "reference",
    routing: Routing | None = None,
    keep_contacts: bool = False,
    executor: Executor | None = None,
    progress: bool | None = None,
) -> Result:
    """Play a scenario many times and measure what customers, people and money see.

    Parameters
    ----------
    scenario : Scenario
    replications : int, default 100
        How many times; with `until`, how many times at most.
    seed : int, default 0
        The same seed gives the same tables on any machine, whatever the number of workers.
    until : mapping of str to float, optional
        Stop as soon as the 95 % half-width of each named measure is at most this large, in the
        measure's own unit: ``{"service_level": 0.01}``. Looked at after every 10 replications,
        from 10 on. Stopping by what was seen makes the interval too narrow (Law and Kelton, 2000,
        section 9.4.1), the more so the shorter and the more uneven the horizon: where it matters,
        take the number of replications found and run again under another seed.
    engine : {"reference"}, default "reference"
        Which engine plays.
    routing : callable, optional
        A routing of your own, ``routing(now_s, moment, pairs) -> pair or None``; see
        `queuesim.engines.routing`.
    keep_contacts : bool, default False
        Keep the contact table of every replication (memory: about 160 bytes a contact).
    executor : concurrent.futures.Executor, optional
        Where to run: any executor, a cluster's too. None: all local cores.
    progress : bool, optional
        Show progress on stderr; None: in a terminal only.

    Returns
    -------
    Result
        Measures with confidence, and the tables behind them.

    Raises
    ------
    ValueError
        For fewer than 1 replication, a negative seed, an unknown engine or measure.
    UnsupportedByEngine
        For a feature that the engine does not have.

    Warns
    -----
    ScenarioWarning
        When there is more work than the staffed people can do.

    Examples
    --------
    >>> import queuesim as qs
    >>> phone = qs.ContactType(name="support", channel="phone", demand=qs.Demand(per_day=200),
    ...                        talk=qs.Exponential(mean="4min"),
    ...                        patience=qs.Exponential(mean="3min"))
    >>> team = qs.AgentGroup(name="home", skills=("support",), headcount=3,
    ...                      contract=qs.InHouse(per_hour=24.0))
    >>> day = qs.Scenario(name="a day", contact_types=(phone,), agent_groups=(team,),
    ...                   horizon=qs.Horizon(start="2026-11-23", days=1))
    >>> result = qs.simulate(day, replications=5, seed=7)
    >>> round(result.measure("abandonment").value, 2)
    0.01
    """
    plan = Plan(
        replications=replications,
        seed=seed,
        until=until,
        engine=engine,
        routing=routing,
        keep_contacts=keep_contacts,
        executor=executor,
        progress=progress,
    )
    return replicate({scenario.name: scenario}, plan)[scenario.name]
