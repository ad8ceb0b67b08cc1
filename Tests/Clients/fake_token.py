"""A token of SoftHSM that can be taken away or told to fail, and a server whose root is in it."""

import os
import pathlib
import subprocess

from patience import PATIENCE
from server import ROOT_EMAIL, ROOT_KEYS, ROOT_PASSWORD, Server, binary

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
SOURCE = pathlib.Path(__file__).resolve().parents[1] / "FakeToken/FakeToken.c"


class Token:
    """A token in a folder of its own. `module` reaches it; by default SoftHSM's."""

    module, digits = MODULE, "2468"

    def __init__(self, folder):
        self.tokens, self.settings, self.pin = folder / "tokens", folder / "softhsm2.conf", folder / "pin"
        self.tokens.mkdir()
        self.settings.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.pin.write_text(self.digits + "\n")
        self.pin.chmod(0o600)
        self.environment = {"PATH": os.environ["PATH"], "SOFTHSM2_CONF": str(self.settings)}
        self.add("keys")

    def add(self, label):
        """One more token of the same module."""
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", self.digits, "--so-pin", "1357"],
            env=self.environment, check=True, capture_output=True)
        self.whole = {path: path.read_bytes() for name in ("token.object", "generation") for path in self.tokens.glob(f"*/{name}")}

    def mend(self):
        """After a kill: SoftHSM writes these files in place, with every login, and shows no token where it was cut short."""
        for path, content in self.whole.items():
            if path.stat().st_size != len(content):
                path.write_bytes(content)

    def options(self, prefix="", label="keys", timeout=300):
        """Patience that no slow machine ends; tests of devices that hang give less."""
        values = {"module": self.module, "token": label, "pin-file": str(self.pin), "timeout": str(timeout)}
        return [word for name, value in values.items() for word in (f"--{prefix}hsm-{name}", value)]

    def server(self, folder, options):
        keys = {
            "GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret,
            "GATEHOUSE_ROOT_EMAIL": ROOT_EMAIL, "GATEHOUSE_ROOT_PASSWORD": ROOT_PASSWORD,
        }
        return Server(folder, options, environment=self.environment | keys)

    def run(self, *words):
        done = subprocess.run([binary(), *words], env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stdout + done.stderr


class FakeToken(Token):
    """The same, reached through a module that obeys orders (`Tests/FakeToken`)."""

    def __init__(self, folder):
        super().__init__(folder)
        self.module, self.orders = str(folder / "libfake.so"), folder / "orders"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.module, str(SOURCE)], check=True)
        self.environment["FAKE_TOKEN_ORDERS"] = str(self.orders)

    def tell(self, *lines):
        """Orders, each a line; none: back to work."""
        beside = self.orders.with_suffix(".new")
        beside.write_text("".join(line + "\n" for line in lines))
        beside.replace(self.orders)
