"""The results of one run as a page to read: what was held, what was missed, and what was not measured."""

import datetime
import os
import subprocess

HEAD = """# Results

Written by `bench.py --publish`, a table from each run; do not edit. [README.md](README.md) tells how each figure is taken.

"""


def processors():
    """Such as `2 × AMD EPYC 7763`; the number alone where the machine does not tell more."""
    try:
        with open("/proc/cpuinfo") as lines:
            name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        name = ""
    return f"{os.cpu_count()} × {name}" if name else str(os.cpu_count())


def revision():
    """The commit that was measured, and whether the tree was another; nothing outside a clone."""
    def git(*words):
        return subprocess.run(["git", *words], capture_output=True, text=True, cwd=os.path.dirname(__file__)).stdout.strip()

    commit = git("rev-parse", "--short", "HEAD")
    return commit + (", changed" if commit and git("status", "--porcelain", "--untracked-files=no") else "")


def page(verdicts, unmeasured, *, began, commit, kind, parts, loads, failure=None):
    """The text of the page.

    - `began`: when the run began, with its zone; `commit`: what was measured, as `revision` tells. `kind`: full or quick, in words. `parts`: those that were asked for.
    - `loads`: the load averages before and after. `failure`: why the run ended before its end.
    """
    told = [("began", began.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")), ("run", f"{kind}; parts {', '.join(parts)}"),
            ("processors", processors()), ("load average", f"{loads[0]:.2f} before, {loads[1]:.2f} after"),
            ("commit", commit)]
    counts = [f"{sum(one.held is held for one in verdicts)} {word}" for held, word in ((True, "held"), (False, "**missed**"), (None, "told without a threshold"))]
    lines = ["| | |", "|---|---|"] + [f"| {name} | {cell(text)} |" for name, text in told if text]
    lines += ["", f"{', '.join(counts)}; {len(unmeasured)} not measured in this run."]
    if failure:
        reason = str(failure).splitlines()[0].rstrip(":")
        lines += ["", f"The run **ended before its end** ({reason}): what is missing below was not measured, and is not held."]
    lines += ["", "| figure | value | unit | threshold | |", "|---|---:|---|---|---|"]
    words = {True: "held", False: "**missed**", None: "told"}
    lines += [f"| {cell(one.name)} | {one.shown} | {one.unit} | {one.threshold or '–'} | {words[one.held]} |" for one in verdicts]
    if unmeasured:
        lines += ["", "Not measured in this run:", ""] + [f"- {name}" for name in unmeasured]
    return HEAD + "\n".join(lines) + "\n"


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")
