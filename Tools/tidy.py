#!/usr/bin/env python3
"""The house rules that the compiler cannot hold: `make tidy`.

Each rule lives in a file of its own under Tools/tidy and takes a tree of files, so that the self-test can hand it a tiny
one. What breaks a rule is printed as `path:line: what. Why.`, and the exit status is 1.

    Tools/tidy.py                the whole tree
    Tools/tidy.py --self-test    every rule against trees that break it
    Tools/tidy.py --ratchet      lower the ratchets to what is reached now (never raises them)
    Tools/tidy.py --report       also what is only counted
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tools" / "tidy"))

import bans  # noqa: E402
import imports  # noqa: E402
import keys  # noqa: E402
import mutations  # noqa: E402
import ratchet  # noqa: E402
import sizes  # noqa: E402
import unchecked  # noqa: E402
from tree import Tree  # noqa: E402

RULES = [imports.check, bans.check, unchecked.check, sizes.check, ratchet.check, mutations.check, keys.check]


def findings(tree):
    """All findings of all rules, in the order of the files."""
    return sorted(finding for rule in RULES for finding in rule(tree))


def main(arguments):
    unknown = set(arguments) - {"--self-test", "--ratchet", "--report"}
    if unknown:
        print(__doc__, file=sys.stderr)
        return 2
    if "--self-test" in arguments:
        import selftest

        return selftest.run(findings)
    tree = Tree.of_repository(ROOT)
    if "--ratchet" in arguments:
        ratchet.lower(tree, ROOT)
        tree = Tree.of_repository(ROOT)
    if "--report" in arguments:
        for line in ratchet.report(tree) + sizes.report(tree):
            print(line)
    found = findings(tree)
    for finding in found:
        print(finding)
    print(f"tidy: {len(tree.files)} files, {len(found)} to mend." if found else f"tidy: {len(tree.files)} files, all in order.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
