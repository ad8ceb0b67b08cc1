#!/usr/bin/env python3
"""Measures Gatehouse against what bounds it, in one run, and compares with thresholds.json. README.md tells how.

Usage: bench.py [--quick] [--rounds N] [--seconds N] [--publish [below]] [--only policy,calls,changes,objects,buckets,keys,people,sizes]
Leaves 1 where a threshold was missed, 2 where the run failed.
"""

import argparse
import datetime
import json
import os
import pathlib
import sys
from dataclasses import asdict, dataclass, replace

from harness.publishing import HEAD, page, revision
from harness.verdicts import judge

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = HERE.parent / ".venv/bin/python"
PARTS = ["policy", "calls", "changes", "objects", "buckets", "keys", "people", "sizes"]


@dataclass
class Scale:
    rounds: int = 5
    seconds: int = 4
    users: int = 10_000
    objects: int = 100_000
    mixed_seconds: int = 60
    transfer_bytes: int = 5_000_000_000
    decisions: int = 10_000_000
    crowd: int = 100_000
    keys: int = 100_000
    grants: int = 50_000
    listed: int = 1_000_000

    @property
    def words(self):
        return {
            "users": f"{self.users:,}", "objects": f"{self.objects:,}", "mixed_seconds": self.mixed_seconds,
            "transfer_gb": self.transfer_bytes / 1e9, "decisions": f"{self.decisions:,}", "crowd": f"{self.crowd:,}",
            "keys": f"{self.keys:,}", "grants": f"{self.grants:,}", "listed": f"{self.listed:,}",
        }


QUICK = Scale(rounds=3, seconds=2, users=1_000, objects=5_000, mixed_seconds=10, transfer_bytes=512_000_000,
              decisions=1_000_000, crowd=5_000, keys=2_000, grants=1_000, listed=20_000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short runs and little data: a look, not the measurement")
    parser.add_argument("--only", type=lambda text: text.split(","), default=PARTS, metavar="PART,…")
    parser.add_argument(
        "--publish", nargs="?", const="anew", choices=["anew", "below"],
        help="write the results of this run, held or missed, to RESULTS.md; `below`: beneath those of the runs that are there")
    parser.add_argument("--rounds", type=int, metavar="N", help="pairs of runs, where there is less time than a full run takes")
    parser.add_argument("--seconds", type=int, metavar="N", help="of each run, likewise")
    options = parser.parse_args()
    if unknown := set(options.only) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    from harness.processes import Failed
    began, commit = datetime.datetime.now(datetime.UTC), revision()
    scale = QUICK if options.quick else Scale()
    shorter = {name: value for name, value in (("rounds", options.rounds), ("seconds", options.seconds)) if value}
    scale = replace(scale, **shorter)
    loads = [os.getloadavg()[0]]
    results, figures, failed = {}, {}, None
    try:
        measure(options.only, scale, results, figures)
    except Failed as failure:
        failed = failure
    loads.append(os.getloadavg()[0])
    verdicts, unmeasured = judge(results, scale.words, json.loads((HERE / "thresholds.json").read_text()))
    kind = "a quick run, not the measurement" if options.quick else "a full run"
    if shorter and not options.quick:
        kind = f"a shorter run, {scale.rounds} rounds of {scale.seconds} s, with all of the data"
    print(f"{kind}; {os.cpu_count()} processors, load average before {loads[0]:.2f}, after {loads[1]:.2f}\n")
    print("\n".join(map(line, verdicts)))
    record = {
        "quick": options.quick, "whole": failed is None, "load": loads, "scale": asdict(scale), "results": results,
        "figures": figures}
    (HERE / "last-run.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    if options.publish:
        text = page(
            verdicts, unmeasured, began=began, commit=commit, kind=kind, parts=options.only, loads=loads, failure=failed)
        file = HERE / "RESULTS.md"
        file.write_text(file.read_text() + "\n## Another run\n\n" + text.removeprefix(HEAD) if options.publish == "below" else text)
    if failed:
        print(f"bench: ended before its end: {failed}", file=sys.stderr)
        return 2
    return 1 if any(verdict.held is False for verdict in verdicts) else 0


def measure(parts, scale, results, figures):
    """Adds the results by the keys of thresholds.json, and the figures they come from, as each part ends."""
    from harness import buckets, calls, changes, keys, objects, people, policies, share, sizes
    from harness.processes import Workshop
    from harness.servers import House
    from harness.signing import check_against_botocore
    check_against_botocore()
    with Workshop() as workshop:
        if "policy" in parts:
            print("policy …", file=sys.stderr)
            results |= policies.measure(workshop, scale, figures)
            results |= share.measure(workshop, figures)
        if "changes" in parts:
            print("changes …", file=sys.stderr)
            results |= changes.measure(workshop, scale, figures)
        if {"calls", "objects"} & set(parts):
            house, nginx = House(workshop, "house"), None
            print("calls …", file=sys.stderr)
            found, nginx = calls.measure(workshop, house, scale, figures)
            results |= found
            if "objects" in parts:
                print("objects …", file=sys.stderr)
                results |= objects.measure(workshop, house, nginx, scale, figures)
            house.process.stop()
        if "buckets" in parts:
            print("buckets …", file=sys.stderr)
            results |= buckets.measure(workshop, scale, figures)
        if "keys" in parts:
            print("keys …", file=sys.stderr)
            house = House(workshop, "keys")
            results |= keys.measure(workshop, house, scale, figures)
            house.process.stop()
        if "people" in parts:
            print("people …", file=sys.stderr)
            results |= people.measure(workshop, scale, figures)
        if "sizes" in parts:
            print("sizes …", file=sys.stderr)
            results |= sizes.measure(workshop, scale, figures)


def line(verdict):
    word = {True: "ok", False: "MISSED", None: "(no threshold)"}[verdict.held]
    return f"{verdict.name:62} {verdict.shown:>8} {verdict.unit:3} {verdict.threshold:10}  {word}"


if __name__ == "__main__":
    # Botocore, which checks our signatures, is in the virtual environment that Tools/clients makes.
    if pathlib.Path(sys.prefix).resolve() != PYTHON.parents[1].resolve():
        if not PYTHON.exists():
            sys.exit("bench: there is no .venv; run Tools/clients")
        os.execv(PYTHON, [str(PYTHON), __file__, *sys.argv[1:]])
    sys.exit(main())
