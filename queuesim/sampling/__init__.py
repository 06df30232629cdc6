"""Floor 2, chance: named random streams and the tape, every draw made before anything runs."""

from queuesim.sampling.sampler import Drawing, Sampler, draw_tape
from queuesim.sampling.sessions import Sessions
from queuesim.sampling.tape import Tape

__all__ = ["Drawing", "Sampler", "Sessions", "Tape", "draw_tape"]
