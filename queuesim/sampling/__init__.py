"""Floor 2, chance: named random streams and the tape, every draw made before anything runs."""

from queuesim.sampling.tape import Sessions, Tape, draw_tape

__all__ = ["Sessions", "Tape", "draw_tape"]
