"""The rows M44 to M152 of the requirements, each verified from outside, and what runs them."""

import dataclasses
import sys
import traceback

ROWS = {}


class Later(Exception):
    """The row leans on a service that is not served yet. It never counts as passed."""


@dataclasses.dataclass
class Row:
    number: int
    says: str
    check: object


def row(number, says):
    """Registers a check. It gets a `Scene` of its own, and fails by raising."""

    def register(check):
        assert number not in ROWS, number
        ROWS[number] = Row(number, says, check)
        return check

    return register


def later(number, says, service):
    """Registers a row that cannot be verified yet, and why."""

    @row(number, says)
    def check(scene):
        raise Later(service)


def run(make_scene, wanted=None):
    """Prints a line for each row; returns how many failed."""
    counts = {"passed": 0, "later": 0, "FAILED": 0}
    for number in sorted(ROWS):
        if wanted and number not in wanted:
            continue
        one, note = ROWS[number], ""
        try:
            one.check(make_scene())
            state = "passed"
        except Later as reason:
            state, note = "later", f" ({reason})"
        except Exception as error:  # noqa: BLE001: whatever went wrong is the row's failure
            state, note = "FAILED", f" ({type(error).__name__}: {error})"
            traceback.print_exc(file=sys.stderr)
        counts[state] += 1
        print(f"M{number:<4} {state:7} {one.says}{note}", flush=True)
    print(", ".join(f"{count} {state}" for state, count in counts.items()))
    return counts["FAILED"]
