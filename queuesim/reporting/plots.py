"""The pictures: when contacts wait, whether people match the work, which option, what went wrong.

Every function takes a result, a comparison, an outlook, a diagnosis, alarms or a nowcast, or
(`lines` and `ranked`) estimates of your own choice, draws on the axes it is given or on a figure
of its own, and returns the axes. Nothing is shown and no global setting of matplotlib changes;
`save` writes files:

>>> import queuesim as qs
>>> ax = qs.plots.waits_by_week_and_hour(result)                               # doctest: +SKIP
>>> ax.figure.savefig("waits.png")                                             # doctest: +SKIP
"""

from queuesim.reporting.fan import rest_of_day
from queuesim.reporting.heat_map import waits_by_week_and_hour
from queuesim.reporting.letter import save
from queuesim.reporting.lines import lines
from queuesim.reporting.options import options
from queuesim.reporting.over_weeks import service_over_weeks
from queuesim.reporting.ranked import ranked
from queuesim.reporting.risk import risk_calendar
from queuesim.reporting.watched import observed_and_expected
from queuesim.reporting.waterfall import waterfall
from queuesim.reporting.work_and_people import demand_and_staffing

__all__ = [
    "demand_and_staffing",
    "lines",
    "observed_and_expected",
    "options",
    "ranked",
    "rest_of_day",
    "risk_calendar",
    "save",
    "service_over_weeks",
    "waits_by_week_and_hour",
    "waterfall",
]
