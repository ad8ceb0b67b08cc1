"""Every mutation of Tools/mutation/mutations.txt still finds the text that it breaks."""

LIST = "Tools/mutation/mutations.txt"
FOLDER = "Sources/4-Authorization/"


class Mutation:
    """One rule broken on purpose: `old` stands once in `path`, and `new` takes its place."""

    def __init__(self, rule, line):
        self.rule, self.line = rule, line
        self.path = ""
        self._old, self._new = [], []

    @property
    def old(self):
        return "\n".join(self._old)

    @property
    def new(self):
        return "\n".join(self._new)

    def applied(self, text):
        """The file's text with the rule broken; None where the place is not found once."""
        return text.replace(self.old, self.new) if text.count(self.old) == 1 else None


def read(text):
    """The mutations of a list, in its order."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        mark, rest = line[:1], line[2:]
        if mark == "=":
            found.append(Mutation(rest, number))
        elif mark == "@":
            found[-1].path = FOLDER + rest
        elif mark == "-":
            found[-1]._old.append(rest)
        elif mark == "+":
            found[-1]._new.append(rest)
    return found


def check(tree):
    for mutation in read(tree.files.get(LIST, "")):
        if mutation.applied(tree.files.get(mutation.path, "")) is None:
            count = tree.files.get(mutation.path, "").count(mutation.old)
            yield (
                f"{LIST}:{mutation.line}: its text stands {count} times in {mutation.path}. "
                "A mutation breaks one place: find the rule's place again."
            )
