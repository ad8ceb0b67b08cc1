"""Numbers that may only shrink: what we want none of, and have some of."""

import json
import re

from tree import code

FILE = "Tools/tidy/ratchet.json"
_DECLARATION = re.compile(r"^\s*(?:@[\w.()]+\s+)*public\s+(?!import\b|init\(\)|private\(set\) var _|extension\b)")
_ATTRIBUTE = re.compile(r"^\s*@[\w.]+(?:\(.*\))?\s*$")


def undocumented(tree):
    """`path:line` of each `public` declaration without a doc comment.

    Generated shapes are left out, and so are initialisers and members whose type's comment covers them in one breath:
    a declaration that directly follows a documented one shares its comment.
    """
    for path, text in tree.swift("Sources/"):
        if path.startswith("Sources/6-Services/") and path.split("/")[3] == "API":
            continue
        lines, bare = text.splitlines(), code(text).splitlines()
        documented_above = False
        for number, line in enumerate(bare):
            if not _DECLARATION.match(line):
                documented_above = documented_above and bool(lines[number].strip())
                continue
            above = number - 1
            while above >= 0 and _ATTRIBUTE.match(lines[above]):
                above -= 1
            if above >= 0 and lines[above].lstrip().startswith(("///", "*/")):
                documented_above = True
            elif not (documented_above and _DECLARATION.match(bare[number - 1])):
                documented_above = False
                yield f"{path}:{number + 1}"


COUNTS = {"undocumented": (undocumented, "`public` declarations without a doc comment")}


def _limits(tree):
    return json.loads(tree.files.get(FILE, "{}"))


def check(tree):
    limits = _limits(tree)
    for name, (places, what) in COUNTS.items():
        found, limit = list(places(tree)), limits.get(name, 0)
        if len(found) > limit:
            yield (
                f"{FILE}:1: {len(found)} {what}, at most {limit} are borne. Document what you add "
                f"(`Tools/tidy.py --report` lists them), such as {', '.join(found[:3])}."
            )


def report(tree):
    limits = _limits(tree)
    lines = []
    for name, (places, what) in COUNTS.items():
        found = list(places(tree))
        lines += [f"  {place}" for place in found] + [f"{len(found)} {what} (limit {limits.get(name, 0)})"]
    return lines


def lower(tree, root):
    """Writes what is reached where it is less than what is borne."""
    limits = _limits(tree)
    for name, (places, _) in COUNTS.items():
        count = len(list(places(tree)))
        limits[name] = min(count, limits.get(name, count))
    (root / FILE).write_text(json.dumps(limits, indent=2, sort_keys=True) + "\n")
