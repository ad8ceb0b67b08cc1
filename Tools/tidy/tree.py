"""The files that are checked, and Swift text without what is not code."""

import functools
import subprocess
from pathlib import Path


class Tree:
    """Paths (relative, with `/`) and texts. A rule asks nothing else, so a test can make one from a dictionary."""

    def __init__(self, files):
        self.files = files

    @staticmethod
    def of_repository(root):
        """What git tracks, and what it would if it were added now."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, check=True
        ).stdout.decode()
        files = {}
        for path in filter(None, listed.split("\0")):
            try:
                files[path] = (Path(root) / path).read_text(encoding="utf-8")
            except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                continue
        return Tree(files)

    def swift(self, *folders):
        """The Swift files below the folders, in order."""
        return [(path, text) for path, text in sorted(self.files.items()) if path.endswith(".swift") and path.startswith(folders)]

    def lines(self, path):
        """The lines of a small list such as `unchecked.txt`, without comments."""
        stripped = (line.strip() for line in self.files.get(path, "").splitlines())
        return [line for line in stripped if line and not line.startswith("#")]


@functools.cache
def code(text):
    """Swift text with comments and string contents blanked out, line for line. Interpolated code is kept."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text):
        self.text, self.at, self.out = text, 0, []

    def run(self):
        self.until(None)
        return "".join(self.out)

    def until(self, closing):
        """Copies code up to the end, or to the parenthesis that ends an interpolation."""
        depth = 0
        while self.at < len(self.text):
            if self.text.startswith("//", self.at):
                self.blank(self.index("\n", self.at))
            elif self.text.startswith("/*", self.at):
                self.block_comment()
            elif self.opens_string():
                self.string()
            else:
                character = self.text[self.at]
                depth += (character == "(") - (character == ")")
                if closing and depth < 0:
                    return
                self.keep(1)

    def opens_string(self):
        rest = self.text[self.at : self.at + 8].lstrip("#")
        return rest.startswith('"')

    def string(self):
        hashes = 0
        while self.text[self.at] == "#":
            hashes += 1
            self.keep(1)
        quote = '"""' if self.text.startswith('"""', self.at) else '"'
        closing, escape = quote + "#" * hashes, "\\" + "#" * hashes
        self.keep(len(quote))
        while self.at < len(self.text):
            if self.text.startswith(closing, self.at):
                return self.keep(len(closing))
            if self.text.startswith(escape + "(", self.at):
                self.blank(self.at + len(escape) + 1)
                self.until(")")
                self.blank(self.at + 1)
            elif self.text.startswith(escape, self.at):
                self.blank(self.at + len(escape) + 1)
            else:
                self.blank(self.at + 1)

    def block_comment(self):
        depth, at = 0, self.at
        while at < len(self.text):
            if self.text.startswith("/*", at):
                depth, at = depth + 1, at + 2
            elif self.text.startswith("*/", at):
                depth, at = depth - 1, at + 2
                if depth == 0:
                    break
            else:
                at += 1
        self.blank(at)

    def index(self, what, start):
        found = self.text.find(what, start)
        return len(self.text) if found < 0 else found

    def keep(self, count):
        self.out.append(self.text[self.at : self.at + count])
        self.at += count

    def blank(self, end):
        self.out.append("".join("\n" if character == "\n" else " " for character in self.text[self.at : end]))
        self.at = end
