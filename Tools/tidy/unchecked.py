"""Promises the compiler cannot check stand only in files that are listed with the reason."""

import re

from tree import code

LIST = "Tools/tidy/unchecked.txt"
_PROMISE = re.compile(r"@unchecked\s+Sendable|\bnonisolated\(unsafe\)|@preconcurrency\b")


def check(tree):
    listed = {}
    for line in tree.lines(LIST):
        path, _, reason = line.partition(" ")
        listed[path] = reason.strip()
        if not listed[path]:
            yield f"{LIST}:1: {path} gives no reason. Say who guards the state."
    seen = set()
    for path, text in tree.swift("Sources/", "Benchmarks/"):
        for found in _PROMISE.finditer(code(text)):
            seen.add(path)
            if path not in listed:
                line = text[: found.start()].count("\n") + 1
                yield f"{path}:{line}: {found.group()} outside {LIST}. Make it a value or a Lock, or list it with the reason."
    for path in sorted(set(listed) - seen):
        yield f"{LIST}:1: {path} promises nothing any more. Remove the line."
