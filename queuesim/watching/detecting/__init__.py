"""Watching intervals: signals, laws of quiet days, sums with memory, limits, alarms."""
