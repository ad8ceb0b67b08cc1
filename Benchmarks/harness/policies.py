"""The policy engine: beside Cedar, and by itself."""

import subprocess
from statistics import median

from . import rules
from .cedar import Cedar
from .processes import Failed, release

FLAT = [10, 100, 1_000, 10_000]


def measure(workshop, scale, figures):
    engine = Engine(workshop)
    results = _beside_cedar(engine, scale, figures)
    results |= _flat(engine, scale, figures)
    results |= _hostile(engine, figures)
    results |= _compile(engine, figures)
    results |= _memory(engine, scale, figures)
    return results


class Engine:
    """`bench-policy`, which is told policies and questions by files."""

    def __init__(self, workshop):
        self._workshop, self._files, self._program = workshop, 0, release("bench-policy")

    def prepare(self, policies, asked):
        """The two files."""
        self._files += 1
        lines = ["\t".join([action, resource, outcome, *(f"{key}={value}" for key, value in context.items())])
                 for action, resource, outcome, context in asked]
        return [self._workshop.text(f"policies-{self._files}", "\n".join(policies)),
                self._workshop.text(f"questions-{self._files}", "\n".join(lines))]

    def run(self, what, files, amount):
        """The figures it prints, by name."""
        done = subprocess.run([self._program, what, *files, str(amount)], capture_output=True, text=True)
        words = done.stdout.split()
        if done.returncode != 0 or not words:
            raise Failed(f"bench-policy {what}: {done.stdout}{done.stderr}")
        return dict(zip(words[::2], map(float, words[1::2])))


def _beside_cedar(engine, scale, figures):
    """Pairs of runs, Cedar first; the median of the pairs' ratios, and of our own times."""
    results = {}
    for name, (policies, asked) in {
        "three": rules.three_rules(), "typical": rules.typical(), "many": rules.many(1000),
        "one-action": rules.one_action(1000), "wildcards": rules.wildcards(1000),
    }.items():
        cedar, files = Cedar(policies, asked), engine.prepare(policies, asked)
        pairs = []
        for _ in range(scale.rounds):
            bound = cedar.least(scale.seconds / 4)
            pairs.append((bound, engine.run("decide", files, scale.seconds / 4)))
        results[f"policy-{name}-of-cedar"] = median(bound / own["decision_ns"] for bound, own in pairs)
        results[f"policy-{name}"] = median(own["decision_ns"] for _, own in pairs) / 1000
        figures[f"decision ns, {name}, Cedar's least"] = [round(bound) for bound, _ in pairs]
        figures[f"decision ns, {name}"] = [round(own["decision_ns"]) for _, own in pairs]
        figures[f"index µs, {name}"] = [round(own["index_us"], 1) for _, own in pairs]
    return results


def _flat(engine, scale, figures):
    """A decision that nothing matches, by the number of statements; the slowest of the fastest. The least of the rounds'
    medians, since a busy moment of the machine is not the statements'."""
    found = {count: ([], []) for count in FLAT}
    prepared = {count: [engine.prepare(*one) for one in rules.unmatched(count)] for count in FLAT}
    for _ in range(scale.rounds):
        for count in FLAT:
            for files, times in zip(prepared[count], found[count]):
                times.append(engine.run("decide", files, scale.seconds / 8)["decision_ns"])
    worst = 0
    for index, what in enumerate(("other actions", "other resources")):
        line = {count: round(min(found[count][index])) for count in FLAT}
        figures[f"decision ns by statements, none matches, {what}"] = line
        worst = max(worst, max(line.values()) / min(line.values()))
    return {"policy-flat": worst}


def _hostile(engine, figures):
    """Nanoseconds of a decision by the steps it may take: the worst."""
    worst = 0
    for name, policies, asked, steps in rules.hostile():
        taken = engine.run("decide", engine.prepare(policies, asked), 0.5)["decision_ns"]
        figures[f"hostile {name}: decision µs, million steps"] = [round(taken / 1000), round(steps / 1e6, 2)]
        worst = max(worst, taken / steps)
    return {"policy-hostile": worst}


def _compile(engine, figures):
    """Microseconds to read a policy of the greatest length, the slowest kind."""
    asked = [("none:None", "arn:aws:none:::none", "implicitDeny", {})]
    times = {}
    for name, text in rules.longest().items():
        files = engine.prepare([text], asked)
        times[name] = median(engine.run("decide", files, 0.1)["compile_us"] for _ in range(3))
    figures["compile µs of 6 KB"] = {name: round(taken) for name, taken in times.items()}
    return {"policy-compile": max(times.values())}


def _memory(engine, scale, figures):
    """What ten million decisions leave behind, and what one asks of the allocator."""
    results = {}
    for name, (policies, asked) in {"typical": rules.typical(), "many": rules.many(1000)}.items():
        found = engine.run("memory", engine.prepare(policies, asked), scale.decisions)
        figures[f"memory of {scale.decisions} decisions, {name}"] = found
        results["policy-allocated"] = max(results.get("policy-allocated", 0), found["allocated"])
        results["policy-grown"] = max(results.get("policy-grown", 0), found["grown"])
        results["policy-resident-grown"] = max(results.get("policy-resident-grown", 0), found["resident_grown"])
    return results
