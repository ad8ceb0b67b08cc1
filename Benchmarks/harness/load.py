"""Load by wrk: one request again and again, or a list of requests in turn."""

import contextlib
import itertools
import signal
import subprocess
from dataclasses import dataclass

from .processes import Failed

THREADS = 2

_DONE = """
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("BENCH %d %d %d %d %d\\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99), latency:percentile(50)))
end
"""

_FIXED = "wrk.method = %s\nwrk.path = %s\nwrk.body = %s\n%s"

_UPLOAD = """
local file = assert(io.open(%s, "rb"))
wrk.body = file:read("*a")
file:close()
wrk.method = "PUT"
wrk.path = %s
%s
"""

# Each thread takes every second request of the list. Behind the end of a list that is not repeated, health is asked,
# so that the last requests of the list are answered before wrk is stopped. Before it begins, wrk looks at what the first
# thread would send; that first call is answered without a step.
_LIST = """
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
local list, at = {}, 0
function init(arguments)
  local file = assert(io.open(%s, "rb"))
  local index = 0
  while true do
    local size = file:read(9)
    if not size then break end
    local request = file:read(tonumber(size))
    if index %% %d == number then list[#list + 1] = request end
    index = index + 1
  end
  file:close()
  if number == 0 then at = -1 end
end
function request()
  at = at + 1
  if at == 0 then return list[1] end
  if at > #list then
    if %s then at = 1 else
      if at == #list + 1 then io.write("exhausted\\n") io.flush() end
      return wrk.format("GET", "/_gatehouse/health", {}, nil)
    end
  end
  return list[at]
end
"""


@dataclass
class Outcome:
    requests: int
    seconds: float
    p99: float
    p50: float

    @property
    def rate(self):
        return self.requests / self.seconds


class Load:
    """A script for wrk. `exhausted` tells of a list that came to its end too early."""

    _numbers = itertools.count()

    def __init__(self, workshop, script):
        self.threads = THREADS
        self._script = workshop.text(f"load-{next(Load._numbers)}.lua", script)

    @classmethod
    def fixed(cls, workshop, method, path, headers, body=b""):
        lines = "".join(f"wrk.headers[{_quoted(name)}] = {_quoted(value)}\n" for name, value in headers.items())
        return cls(workshop, _FIXED % (_quoted(method), _quoted(path), _quoted(body.decode()) if body else "nil", lines) + _DONE)

    @classmethod
    def upload(cls, workshop, path, headers, file):
        """The content of the file, put again and again; the script reads it, so that it need not be quoted."""
        lines = "".join(f"wrk.headers[{_quoted(name)}] = {_quoted(value)}\n" for name, value in headers.items())
        return cls(workshop, _UPLOAD % (_quoted(str(file)), _quoted(path), lines) + _DONE)

    @classmethod
    def list(cls, workshop, requests, repeats=False):
        """`requests` are whole requests as `Signer.raw` gives them."""
        path = workshop.folder / f"list-{next(Load._numbers)}"
        with open(path, "wb") as file:
            for request in requests:
                file.write(b"%08d\n" % len(request))
                file.write(request)
        return cls(workshop, _LIST % (_quoted(str(path)), THREADS, "true" if repeats else "false") + _DONE)

    def run(self, url, connections, seconds, patience=20):
        """Asks for `seconds`. Every answer must be a success, within `patience` seconds."""
        done = subprocess.run(self._command(url, connections, seconds, patience), capture_output=True, text=True)
        if "exhausted" in done.stdout:
            raise Failed("the list of requests was too short for the time")
        return _outcome(done.stdout + done.stderr)

    @contextlib.contextmanager
    def beside(self, url, connections, seconds):
        """Goes on while the block runs, whatever it is answered: some of it may be refused."""
        child = subprocess.Popen(
            self._command(url, connections, seconds), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
            if child.poll() is not None:
                raise Failed("the load beside ended too early")
        finally:
            child.kill()
            child.wait()

    def send_all(self, url, connections, seconds=600):
        """Sends the list once, to its end."""
        with subprocess.Popen(
            self._command(url, connections, seconds), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
            try:
                left = self.threads
                while left > 0 and (line := child.stdout.readline()):
                    left -= line.startswith("exhausted")
                # What is on its way is answered within this time; the answers are counted as any others.
                try:
                    child.wait(0.5)
                except subprocess.TimeoutExpired:
                    child.send_signal(signal.SIGINT)
                return _outcome(child.stdout.read())
            finally:
                child.kill()

    def _command(self, url, connections, seconds, patience=20):
        return [
            "wrk", f"-t{self.threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{patience}s", "-s",
            str(self._script), url]


def _outcome(text):
    for line in text.splitlines():
        if line.startswith("BENCH "):
            requests, microseconds, errors, p99, p50 = map(int, line.split()[1:])
            if errors or not requests:
                raise Failed(f"{errors} of {requests} requests failed:\n{text}")
            return Outcome(requests, microseconds / 1e6, p99 / 1e6, p50 / 1e6)
    raise Failed(f"wrk said:\n{text}")


def _quoted(text):
    return '"' + "".join(c if c.isalnum() or c in " /:=;,-_.&%+*" else f"\\{ord(c):03d}" for c in text) + '"'
