"""Words that must not stand in the code, where, and why."""

import re
from dataclasses import dataclass

from tree import code

ALLOWED = "Tools/tidy/allowed.txt"


@dataclass
class Ban:
    """`unless`: folders or files where it may stand. `everywhere`: comments, strings and other languages count too."""

    name: str
    pattern: str
    why: str
    folders: tuple = ("Sources/",)
    unless: tuple = ()
    everywhere: bool = False


SWIFT = ("Sources/", "Tests/", "Benchmarks/")
TOOLS = ("Sources/Gatehouse/", "Sources/Codegen/")
# Written as parts, so that this file does not break its own rule.
LATER = "TO" + "DO|FIX" + "ME|XX" + "X"

BANS = [
    Ban("time", r"\bDate\(\)|\bDate\.now\b|\bContinuousClock\b|\bSuspendingClock\b|\bclock_gettime\b|\bgettimeofday\b|(?<![.\w])time\(nil\)",
        "Time is World's, and is passed in.", unless=("Sources/Ground/World/",)),
    Ban("chance", r"\bUUID\(\)|\bSystemRandomNumberGenerator\b|\.random\(in: (?!.*using:)|\.shuffled\(\)|\.randomElement\(\)|\barc4random\w*|\bgetrandom\b",
        "Randomness is World's, and is passed in.", unless=("Sources/Ground/World/",)),
    Ban("sleep", r"\bTask\.sleep\b|(?<![.\w])(?:u|nano)?sleep\([^)]", "Who waits, waits for an event; World has the timers.",
        folders=("Sources/", "Tests/"), unless=("Sources/Ground/World/",)),
    Ban("environment", r"\bgetenv\b|\bProcessInfo\b|\bsetenv\b", "Settings are read once, by the command line.",
        unless=("Sources/Ground/World/", "Sources/Gatehouse/ProcessEnvironment.swift", "Sources/Codegen/")),
    Ban("Foundation", r"\bimport (?:\w+ )?Foundation\w*", "Foundation is slow where requests pass, and brings its own time and JSON.",
        unless=("Sources/Codegen/",)),
    Ban("force", r"\btry!|\bas!|\bfatalError\b|\bunowned\(unsafe\)", "What can fail says so; what cannot is a precondition with its reason."),
    Ban("print", r"(?<![.\w])(?:print|debugPrint|dump)\(", "Libraries log through World; only the command line prints.",
        unless=TOOLS),
    Ban("package", r"^\s*(?:@\w+\s+)*package\b(?!:)", "What modules share is `public`: the compiler inlines nothing else across modules.", folders=("Sources/",)),
    Ban("coding", r"\bCodable\b|\b(?:De|En)codable\b|\bMirror\(reflecting|\bJSON(?:De|En)coder\b|@TaskLocal\b",
        "Shapes are read by position; nothing is reflected or inherited by accident.", unless=("Sources/Codegen/",)),
    Ban("later", rf"\b(?:{LATER})\b", "Finish it, or write down the decision not to.",
        folders=("Sources/", "Tests/", "Benchmarks/", "Tools/", "Documentation/", "Package.swift", "Makefile"), everywhere=True),
    Ban("machine", r"(?<![\w.*-])/(?:work|home|Users|root)/\w|\bhttps?://(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|"
        r"--(?:extra-)?index-url|--trusted-host|--registry[ =]|\bGOPROXY=|\.internal[:/]",
        "The tree builds anywhere: it names no machine of ours and no registry's mirror.",
        folders=("",), everywhere=True),
]

# Vectors and golden files hold what AWS and botocore wrote, paths and times included.
_DATA = re.compile(r"^Tests/\w+/(?:Vectors|Golden|Corpus)/|\.(?:json|jsonl|tsv|pem|der|bin|txt)$|^Tools/tidy/(?:bans|selftest)\.py$")


def check(tree):
    excused = dict(_excuses(tree))
    used = set()
    for path, text in sorted(tree.files.items()):
        if _DATA.search(path):
            continue
        for ban in BANS:
            if not path.startswith(ban.folders) or (ban.unless and path.startswith(ban.unless)):
                continue
            if not ban.everywhere and not path.endswith(".swift"):
                continue
            for number, line in enumerate((text if ban.everywhere else code(text)).splitlines(), 1):
                found = re.search(ban.pattern, line)
                if not found:
                    continue
                if (path, ban.name) in excused:
                    used.add((path, ban.name))
                    continue
                yield f"{path}:{number}: {found.group().strip()} ({ban.name}). {ban.why}"
    for path, name in sorted(set(excused) - used):
        yield f"{ALLOWED}:1: {path} needs no leave for '{name}' any more. Remove the line."


def _excuses(tree):
    for line in tree.lines(ALLOWED):
        path, name, reason = (line.split(None, 2) + ["", ""])[:3]
        if not reason:
            raise SystemExit(f"{ALLOWED}: '{line}' gives no reason")
        yield (path, name), reason
