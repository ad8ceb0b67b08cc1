"""Processes of ours and the folder they work in. All of them end with the run, however it ends."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """The run cannot go on, or what it measured means nothing."""


class Workshop:
    """A folder on the disk of the build, and the processes started for this run."""

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        (ROOT / ".build").mkdir(exist_ok=True)
        # Not /tmp: that may be memory, and what is measured includes the disk.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / ".build"))
        self.folder.chmod(0o700)
        self.processes = []
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *command, **settings):
        process = Started(list(map(str, command)), self.folder, **settings)
        self.processes.append(process)
        return process

    def text(self, name, content):
        """A file of the folder with this content."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


class Started:
    """A process that goes on beside ours."""

    def __init__(self, command, folder, environment=None, ready=None):
        self.command = command
        self._log = open(folder / (pathlib.Path(command[0]).name + ".log"), "ab")
        self._child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if ready else self._log, stderr=self._log,
            env=environment)
        self.id = self._child.pid
        self.line = self._wait(ready) if ready else None

    def _wait(self, word):
        guard = threading.Timer(20, self._child.kill)
        guard.start()
        try:
            for line in self._child.stdout:
                if line.startswith(word.encode()):
                    return line.decode().strip()
        finally:
            guard.cancel()
        raise Failed(f"{self.command[0]} did not start; its log is {self._log.name}")

    def stop(self):
        """Asks it to end, and after 15 seconds makes it. It may have ended already."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(15)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._child.stdout:
            self._child.stdout.close()
        self._log.close()

    def pin(self, processors):
        """Lets all threads it has now run on these alone."""
        for thread in os.listdir(f"/proc/{self.id}/task"):
            os.sched_setaffinity(int(thread), processors)

    @property
    def cpu(self):
        """Seconds of processor time so far, user and system."""
        fields = pathlib.Path(f"/proc/{self.id}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @property
    def resident(self):
        """Resident memory now, in MB (10^6 bytes): VmRSS."""
        for line in pathlib.Path(f"/proc/{self.id}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise Failed(f"{self.command[0]} has ended")


class Peak:
    """The most resident memory of a process within a `with` block, sampled every 20 ms."""

    def __init__(self, process):
        self._process, self._stop = process, threading.Event()

    def __enter__(self):
        self.first = self.most = self._process.resident
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def _sample(self):
        while not self._stop.wait(0.02):
            self.most = max(self.most, self._process.resident)

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    @property
    def added(self):
        return self.most - self.first


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def release(name):
    """A product of the release build."""
    path = ROOT / ".build/release" / name
    if not os.access(path, os.X_OK):
        raise Failed(f"there is no {path.relative_to(ROOT)}; run make bench")
    return path


def rate(*command):
    """Runs a reference program to its end and returns the rate it prints."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    words = done.stdout.split()
    if done.returncode != 0 or "rate" not in words:
        raise Failed(f"{command[0]} failed: {done.stdout}{done.stderr}")
    return float(words[words.index("rate") + 1])
