"""Time to start, and memory: empty, with much on record, under load, with one long object."""

import os
import subprocess
import time
from statistics import median

from .changes import user
from .load import Load
from .processes import Failed, Peak
from .servers import House
from .signing import UNSIGNED

STARTS = 5


def measure(workshop, scale, figures):
    house = House(workshop, "sizes")
    results = {"start-empty": _starts(house, "empty", figures)}
    time.sleep(1)
    results["memory-idle"] = house.process.resident
    _seed(workshop, house, scale)
    results["start-full"] = _starts(house, "full", figures)
    figures["resident MB, full, after start"] = round(house.process.resident, 1)
    with Peak(house.process) as peak:
        _mixed(workshop, house).run(house.url, 64, scale.mixed_seconds)
    results["memory-loaded"] = house.process.resident
    figures["resident MB, most under load"] = round(peak.most, 1)
    results["memory-transfer"] = _transfer(workshop, house, scale.transfer_bytes, figures)
    house.process.stop()
    return results


def _starts(house, what, figures):
    times = [house.restart() for _ in range(STARTS)]
    figures[f"start ms, {what}"] = [round(one, 1) for one in times]
    return median(times)


def _seed(workshop, house, scale):
    house.put("/bench-seed")
    signer = house.signer("iam")
    users = Load.list(workshop, (user(house, signer, f"seed-{number}") for number in range(scale.users)))
    users.send_all(house.url, 64)
    signer = house.signer("s3")
    content = b"a small object"
    objects = Load.list(
        workshop, (signer.raw("PUT", f"/bench-seed/{number:06d}", content) for number in range(scale.objects)))
    objects.send_all(house.url, 64)
    # The last of each is there.
    house.call("iam", "GetUser", UserName=f"seed-{scale.users - 1}")
    last = f"/bench-seed/{scale.objects - 1:06d}"
    house.send("GET", last, house.signer("s3").headers("GET", last), b"")


def _mixed(workshop, house):
    """Reads and changes of all services, of many users and objects; one object in twenty has 1 MB."""
    iam, sts, s3 = (house.signer(service) for service in ("iam", "sts", "s3"))
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
    large = os.urandom(1_000_000)
    house.put("/bench-seed/large", large)

    def requests():
        for number in range(1000):
            name = f"seed-{number}"
            yield iam.raw("POST", "/", house.form("iam", "GetUser", UserName=name))
            yield sts.raw("POST", "/", house.form("sts", "GetCallerIdentity"))
            yield s3.raw("GET", f"/bench-seed/{number:06d}")
            yield s3.raw("PUT", f"/bench-seed/{number:06d}", b"another small object")
            yield iam.raw("POST", "/", house.form(
                "iam", "PutUserPolicy", UserName=name, PolicyName="read", PolicyDocument=policy))
            if number % 10 == 0:
                yield s3.raw("GET", "/bench-seed/large")
            if number % 20 == 0:
                yield s3.raw("PUT", f"/bench-seed/large-{number}", large, payload=UNSIGNED)

    return Load.list(workshop, requests(), repeats=True)


def _transfer(workshop, house, size, figures):
    """One object up and down again; the most memory it adds."""
    source = workshop.folder / "long"
    with open(source, "wb") as file:
        file.truncate(size)
    path = "/bench-seed/long"
    with Peak(house.process) as peak:
        _curl(house, path, "PUT", figures, "-T", source)
        _curl(house, path, "GET", figures)
    source.unlink()
    return peak.added


def _curl(house, path, method, figures, *options):
    headers = house.signer("s3").headers(method, path, payload=UNSIGNED)
    lines = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        ["curl", "-sS", "--fail", "-o", os.devnull, "-w", "%{speed_upload} %{speed_download}", *options, *lines,
         house.url + path], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"curl {method}: {done.stderr}")
    figures[f"long object {method} MB/s"] = round(max(map(float, done.stdout.split())) / 1e6)
