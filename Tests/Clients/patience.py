"""How long the tests wait for what comes by itself: longer than any machine needs, for it costs nothing where all is well."""

import time

# Seconds.
PATIENCE = 120


def eventually(look, is_so=bool):
    """What `look` gives once it is as wanted."""
    end = time.monotonic() + PATIENCE
    while not is_so(found := look()):
        assert time.monotonic() < end, f"it stays {found}"
        time.sleep(0.03)
    return found
