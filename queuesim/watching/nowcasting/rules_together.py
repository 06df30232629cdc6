"""What tables of a state must not say together: waits from before the doors opened, and more who
wait than the contacts so far leave."""

from __future__ import annotations

import numpy as np

from queuesim.model import Channel
from queuesim.units import format_duration
from queuesim.watching.nowcasting.state_values import Columns, Values

_LIVE = (Channel.PHONE, Channel.CHAT)


class TogetherRules(Values):
    """Compares tables with the hours of the scenario, and with each other."""

    def opened_s(self, kind: int, now_s: float) -> float:
        """Return since when a contact that is there now can have been: today's opening [s].

        Callbacks, messages, and whoever comes when it is closed may have come on any day before.
        """
        each = self.scenario.contact_types[kind]
        if each.hours is None or each.channel not in _LIVE or each.outside_hours == "queue":
            return 0.0
        windows = each.windows(self.horizon)
        midnight_s = self.horizon.day_edges_s[int(self.horizon.day_at(np.array([now_s]))[0])]
        today = windows[(windows[:, 1] > midnight_s) & (windows[:, 0] <= now_s), 0]
        return float(today[0]) if len(today) else now_s

    def since_opening(self, where: str, seconds: float | None, kind: int, now_s: float) -> None:
        """Tell of a contact that would have come before its contact type opened today."""
        opened_s = self.opened_s(kind, now_s)
        if seconds is None or seconds <= now_s - opened_s:
            return
        name = self.scenario.contact_types[kind].name
        if opened_s == now_s:
            self.tell(where, seconds, f"cannot be: {name} is not open yet today", "look at hours")
            return
        opened, open_s = self.horizon.local(opened_s), now_s - opened_s
        rule = f"cannot be: {name} opened at {opened:%H:%M}, {format_duration(open_s)} ago"
        self.tell(where, seconds, rule, "is it in seconds, and of today?")

    def together(self, waiting: Columns, busy: Columns, so_far: Columns, now_s: float) -> None:
        """Tell of contact types of which more wait than came and were not answered."""
        day = int(self.horizon.day_at(np.array([now_s]))[0])
        begins_s, length_s = float(self.horizon.day_edges_s[day]), self.horizon.interval
        for name, kind in self.types.items():
            observed = ~np.isnan(so_far["offered"][kind])
            answered = so_far["answered"][kind]
            if not observed.any() or np.isnan(answered[observed]).any():
                continue
            at = [now_s - waiting["waited_s"][waiting["kind"] == kind]]
            if self.scenario.contact_types[kind].channel is Channel.MESSAGE:  # not answered yet
                mine = busy["kind"] == kind
                at.append(now_s - busy["waited_s"][mine] - busy["elapsed_s"][mine])
            cell = np.floor((np.concatenate(at) - begins_s) / length_s).astype(np.int64)
            cell = cell[(cell >= 0) & (cell < len(observed))]
            there = int(observed[cell].sum())
            gone = {"answered": answered, "abandoned": so_far["abandoned"][kind]}
            gone["blocked"] = so_far["blocked"][kind]
            counts = {what: float(np.nansum(each[observed])) for what, each in gone.items()}
            offered = float(so_far["offered"][kind][observed].sum())
            left = offered - sum(counts.values())
            if there > left:
                told = ", ".join(f"{count:,.0f} {what}" for what, count in counts.items() if count)
                rule = (
                    f"is more than so_far leaves: {offered:,.0f} offered, {told or 'none gone'}: "
                    f"{left:,.0f} at most are there still"
                )
                fix = "count who is there as offered only, and all contacts by when they came"
                self.tell(f"waiting ({name})", f"`{there:,} of today's", rule, fix)
