"""Floor 6: waits as a signal: what they should be, when they are worse than chance, and why."""
