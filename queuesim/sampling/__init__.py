"""Floor 2, chance: named random streams and the tape, every draw made before anything runs."""

from queuesim.sampling.room import FRESH, KeptRoom, Room
from queuesim.sampling.sampler import Drawing, Sampler, draw_tape
from queuesim.sampling.sessions import Sessions
from queuesim.sampling.tape import Tape

__all__ = ["FRESH", "Drawing", "KeptRoom", "Room", "Sampler", "Sessions", "Tape", "draw_tape"]
