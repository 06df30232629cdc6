"""`simulate`: play one scenario many times."""

from __future__ import annotations

import os
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
    engine: str = "compiled",
    routing: Routing | None = None,
    keep_contacts: bool = False,
    executor: Executor | None = None,
    progress: bool | None = None,
    resume: str | os.PathLike[str] | None = None,
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
    engine : {"compiled", "reference"}, default "compiled"
        Which engine plays.
    routing : callable, optional
        A routing of your own, ``routing(now_s, moment, pairs) -> pair or None``; see
        `queuesim.engines.routing`. It is Python, so the reference engine plays, and a note in the
        result says so.
    keep_contacts : bool, default False
        Keep the contact table of every replication (memory: about 160 bytes a contact).
    executor : concurrent.futures.Executor, optional
        Where to run: any executor, a cluster's too, ``client.get_executor()`` of Dask say. None:
        all local cores, by threads for the compiled engine, by processes for the reference.
    progress : bool, optional
        Show progress on stderr; None: in a terminal only.
    resume : str or os.PathLike, optional
        A file that keeps the work as it proceeds, about every 5 seconds and when it is stopped.
        If the file is there, the work goes on from it; the result is the same to the bit. More
        `replications` than it holds extend it.

    Returns
    -------
    Result
        Measures with confidence, and the tables behind them.

    Raises
    ------
    ValueError
        For fewer than 1 replication, a negative seed, an unknown engine or measure; for a file to
        resume from that is damaged, of another experiment, or holds more than is asked for.
    UnsupportedByEngine
        For a feature that the engine does not have.
    Interrupted
        On Ctrl-C, a `KeyboardInterrupt`; its `result` holds the replications that are finished.
    WorkersLost
        When the executor lost a worker process for good; its `result` holds what is finished.

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
        resume=resume,
    )
    return replicate({scenario.name: scenario}, plan, held_in="result")[scenario.name]
