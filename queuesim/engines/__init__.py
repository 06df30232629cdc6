"""Floor 3, consequence: what the rules make of a scenario and a tape.

Every engine takes a scenario and a tape and returns an `Outcome`. Engines share the model and the
tape, never a decision rule.
"""

from queuesim.engines.outcome import BUSY_COLUMNS, CONTACT_COLUMNS, ContactOutcome, Outcome

__all__ = ["BUSY_COLUMNS", "CONTACT_COLUMNS", "ContactOutcome", "Outcome"]
