"""Every condition key that a service declares is given a value somewhere, or stands in absent-keys.txt with its reason.

A Deny on a key that nobody fills lets everything pass, and no test of the key's own would exist to tell.
"""

import re

LIST = "Tools/tidy/absent-keys.txt"
DECLARED = re.compile(r"static (?:var|func) (\w+)[^\n]*?\{?\s*\.init\(\s*\"([^\"]+)\"")


def check(tree):
    absent = {line.split()[0]: line for line in tree.lines(LIST)}
    declared = {}
    for path, text in tree.swift("Sources/6-Services/"):
        if path.endswith("/API/ConditionKeys.swift"):
            for constant, name in DECLARED.findall(text):
                declared[constant] = (path, name)
    own = "\n".join(text for path, text in tree.swift("Sources/5-Dispatch/", "Sources/6-Services/") if "/API/" not in path)
    words, lowered = set(re.findall(r"\w+", own)), own.lower()
    for constant, (path, name) in sorted(declared.items()):
        # Some are made of their text: families with what stands behind the slash, and those the gate fills.
        isFilled = constant in words or f'"{name.lower()}' in lowered
        if not isFilled and not any(name.startswith(prefix) for prefix in absent):
            yield f"{path}:1: nobody fills {name}. Fill it, or add it to {LIST} with the reason why it has no value."
    for prefix, line in absent.items():
        if not any(name.startswith(prefix) for _, name in declared.values()):
            yield f"{LIST}:1: {prefix} is no key of a service. Take the line out."
        elif len(line.split(None, 1)) < 2:
            yield f"{LIST}:1: {prefix} has no reason. Say why it has no value."
