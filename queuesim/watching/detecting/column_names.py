"""Columns of observed intervals as exports of telephone systems call them."""

from __future__ import annotations

OFTEN_CALLED = {
    **dict.fromkeys(("calls", "volume", "arrivals", "received", "calls offered"), "offered"),
    **dict.fromkeys(("handled", "calls answered", "calls handled"), "answered"),
    **dict.fromkeys(("lost", "aband", "calls abandoned"), "abandoned"),
    **dict.fromkeys(
        ("asa", "wait", "mean wait", "avg wait", "average wait", "waiting time"), "mean_wait_s"
    ),
    **dict.fromkeys(
        ("aht", "handle time", "mean handle", "avg handle time", "average handle time"),
        "mean_handle_s",
    ),
    **dict.fromkeys(("within", "answered in target", "within target"), "answered_within"),
    **dict.fromkeys(("agents", "staff", "people", "logged in"), "staffed"),
}
"""What exports call the columns, in small letters."""
