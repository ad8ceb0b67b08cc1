#!/usr/bin/env python3
"""Verifies the requirements M44 to M152 from outside, on a server of its own: one line for each.

Usage: mission.py [NUMBER…]    `later` rows lean on services that are not served yet; they never count as passed.
Leaves 1 where a row failed.
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import rows  # noqa: E402
import scene  # noqa: E402


def main():
    import account  # noqa: F401
    import entities  # noqa: F401
    import identity  # noqa: F401
    import permissions  # noqa: F401
    from server import Server
    wanted = {int(word.lstrip("Mm")) for word in sys.argv[1:]}
    with tempfile.TemporaryDirectory() as home:
        tokens = pathlib.Path(home) / "tokens.csv"
        tokens.write_text(",".join(scene.TOKEN) + "\n")
        server = Server(options=["--mfa-tokens", str(tokens)])
        try:
            failed = rows.run(lambda: scene.Scene(server, home), wanted)
        finally:
            server.stop()
    missing = sorted(set(range(44, 153)) - set(rows.ROWS))
    if missing and not wanted:
        print("no check for", ", ".join(f"M{number}" for number in missing))
        failed += len(missing)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
