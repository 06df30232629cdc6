"""The slots on offer into which callbacks can be booked, and how many fit into them."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from queuesim.model import ContactType, Horizon
from queuesim.units import snap


def slot_places(contact_type: ContactType, horizon: Horizon) -> NDArray[np.float64]:
    """Return how many callbacks fit into the slots that begin in each interval.

    Parameters
    ----------
    contact_type : ContactType
    horizon : Horizon

    Returns
    -------
    numpy.ndarray, float64, shape (intervals,)
        0 where the contact type offers no slots, and where none begins while it is open.
    """
    places = np.zeros(horizon.n_intervals)
    offer = contact_type.callback
    if offer is None or offer.slot is None or offer.per_slot is None:
        return places
    slot_s = snap(offer.slot)
    begins_s = np.arange(ceil(horizon.seconds / slot_s)) * slot_s
    opens_s, closes_s = contact_type.windows(horizon).T
    is_open = np.searchsorted(opens_s, begins_s, side="right") > np.searchsorted(
        closes_s, begins_s, side="right"
    )
    interval = (begins_s[is_open] / horizon.interval).astype(np.int64)
    np.add.at(places, interval, offer.per_slot)
    return places
