"""Files that say three things: past 400 lines one usually does."""

LIST = "Tools/tidy/long.txt"
LONGEST = 400
_SUFFIXES = (".swift", ".c", ".h", ".cpp", ".py")


def _sources(tree):
    return [
        (path, len(text.splitlines()))
        for path, text in sorted(tree.files.items())
        if path.endswith(_SUFFIXES) and path.startswith(("Sources/", "Tests/", "Tools/", "Benchmarks/"))
    ]


def _generated(path):
    return path.startswith("Sources/6-Services/") and path.split("/")[3] == "API"


def check(tree):
    listed = {line.split()[0] for line in tree.lines(LIST)}
    sizes = dict(_sources(tree))
    for path, lines in sizes.items():
        if lines > LONGEST and path not in listed and not _generated(path):
            yield f"{path}:{lines}: {lines} lines. Past {LONGEST} a file says several things: part them, or list it in {LIST}."
    for path in sorted(path for path in listed if sizes.get(path, 0) <= LONGEST):
        yield f"{LIST}:1: {path} is not too long any more. Remove the line."


def report(tree):
    """The lengths of what we write by hand."""
    lengths = sorted(lines for path, lines in _sources(tree) if path.endswith(".swift") and path.startswith("Sources/") and not _generated(path))
    if not lengths:
        return []
    at = lambda share: lengths[min(len(lengths) - 1, int(len(lengths) * share))]
    return [f"source files: {len(lengths)}; lines: median {at(0.5)}, 90 % within {at(0.9)}, longest {lengths[-1]}"]
