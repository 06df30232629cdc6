"""Generated examples are the same on every run; a hunt for new ones is asked for by name.

python -m pytest --hypothesis-profile=hunt
"""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("hunt", deadline=None, max_examples=2000)
settings.load_profile("steady")

# whoever starts the tests in the background may have told them not to hear Ctrl-C; they and their
# children must
signal.signal(signal.SIGINT, signal.default_int_handler)
