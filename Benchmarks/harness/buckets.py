"""Small and large objects beside SeaweedFS, nginx and the reference program; long lists; many long transfers at once."""

import os
import shutil
import subprocess
from statistics import median

from .load import Load
from .processes import Failed, Peak, rate, release
from .seaweed import SeaweedFS
from .servers import House, Nginx
from .signing import UNSIGNED

SMALL, LARGE = 1_000, 64_000_000
CONNECTIONS, READERS, WRITERS, MANY = 64, 8, 4, 256
# Seconds that a run of large objects takes at least: some dozens of them must get through.
LONG = 8
NAMES = 1_000
BUCKET = "/bench-buckets"


def measure(workshop, scale, figures):
    house = House(workshop, "buckets")
    house.put(BUCKET)
    results = _small(workshop, house, scale, figures)
    results |= _large(workshop, house, scale, figures)
    results |= _many(workshop, house, scale, figures)
    results["ListObjectsV2-long"] = _list(workshop, house, scale, figures)
    house.process.stop()
    return results


def _small(workshop, house, scale, figures):
    """1 KB: reads of one object and durable writes of a thousand names, in turn with SeaweedFS, which syncs too."""
    weed = SeaweedFS(workshop)
    content = os.urandom(SMALL)
    sides = {"gatehouse": (house.url, lambda: house.signer("s3"), house.put), "SeaweedFS": (weed.url, weed.signer, weed.put)}
    for _, _, put in sides.values():
        put(f"{BUCKET}/small", content)
    weed.sync()
    reads, writes = {name: [] for name in sides}, {name: [] for name in sides}
    for _ in range(scale.rounds):
        for name, (url, signer, _) in sides.items():
            load = Load.fixed(workshop, "GET", f"{BUCKET}/small", signer().headers("GET", f"{BUCKET}/small"))
            reads[name].append(load.run(url, CONNECTIONS, scale.seconds).rate)
        for name, (url, signer, _) in sides.items():
            one = signer()
            names = (f"{BUCKET}/put-{number}" for number in range(NAMES))
            load = Load.list(workshop, (one.raw("PUT", path, content) for path in names), repeats=True)
            writes[name].append(load.run(url, CONNECTIONS, scale.seconds).rate)
    weed.process.stop()
    for name in sides:
        figures[f"GetObject 1 KB/s, {name}"] = list(map(round, reads[name]))
        figures[f"PutObject 1 KB/s, durable, {name}"] = list(map(round, writes[name]))
    return {
        f"{operation}-1KB-of-seaweed": median(mine / other for mine, other in zip(rows["gatehouse"], rows["SeaweedFS"]))
        for operation, rows in (("GetObject", reads), ("PutObject", writes))
    }


def _large(workshop, house, scale, figures):
    """64 MB: reads by nginx's static file, writes by the reference program."""
    content = os.urandom(LARGE)
    house.put(f"{BUCKET}/large", content)
    nginx = Nginx(workshop, [("Content-Type", "text/plain")], b"")
    (workshop.folder / "files/large").write_bytes(content)
    folder = workshop.folder / "reference-large"
    folder.mkdir()
    body = workshop.text("large.body", content)
    file = Load.fixed(workshop, "GET", "/files/large", {})
    reads, writes = [], []
    seconds = max(scale.seconds, LONG)
    for _ in range(scale.rounds):
        served = file.run(nginx.url, READERS, seconds).rate
        load = Load.fixed(workshop, "GET", f"{BUCKET}/large", house.signer("s3").headers("GET", f"{BUCKET}/large"))
        reads.append((served, load.run(house.url, READERS, seconds).rate))
    for _ in range(scale.rounds):
        reference = rate(release("bench-reference"), folder, WRITERS, seconds, LARGE)
        writes.append((reference, _uploads(workshop, house, body).run(house.url, WRITERS, seconds).rate))
    shutil.rmtree(folder)
    nginx.process.stop()
    figures["64 MB files/s, nginx"] = [round(served, 1) for served, _ in reads]
    figures["GetObject 64 MB/s"] = [round(got, 1) for _, got in reads]
    figures["64 MB files/s, reference"] = [round(reference, 2) for reference, _ in writes]
    figures["PutObject 64 MB/s"] = [round(put, 2) for _, put in writes]
    return {
        "GetObject-64MB-of-nginx": median(got / served for served, got in reads),
        "PutObject-64MB-of-reference": median(put / reference for reference, put in writes),
    }


def _uploads(workshop, house, body):
    path = f"{BUCKET}/large-put"
    return Load.upload(workshop, path, house.signer("s3").headers("PUT", path, payload=UNSIGNED), body)


def _many(workshop, house, scale, figures):
    """Memory added by 256 long reads at once, then by 256 long writes at once, all of them to their end."""
    results = {}
    with Peak(house.process) as peak:
        _at_once(house, "GET", [f"{BUCKET}/large"] * MANY)
    results["memory-many-down"] = peak.added
    with Peak(house.process) as peak:
        _at_once(house, "PUT", [f"{BUCKET}/many-{number}" for number in range(MANY)], workshop.folder / "large.body")
    results["memory-many-up"] = peak.added
    return results


def _at_once(house, method, paths, body=None):
    """One curl with as many transfers at the same time."""
    lines = []
    for path in paths:
        headers = house.signer("s3").headers(method, path, payload=UNSIGNED)
        lines += [f'url = "{house.url}{path}"', 'output = "/dev/null"', "fail", "silent", "show-error"]
        lines += [f'upload-file = "{body}"'] if body else []
        lines += [f'header = "{key}: {value}"' for key, value in headers.items()] + ["next"]
    done = subprocess.run(
        ["curl", "--parallel", "--parallel-immediate", "--parallel-max", str(len(paths)), "--config", "-"], text=True,
        input="\n".join(lines[:-1]), capture_output=True)
    if done.returncode != 0:
        raise Failed(f"curl {method}: {done.stderr[:2000]}")


def _list(workshop, house, scale, figures):
    """The first page of a long bucket, by that of one with a thousand keys; one connection, in turn."""
    signer, content = house.signer("s3"), b"x"
    for bucket, count in (("/bench-short", 1_000), ("/bench-long", scale.listed)):
        house.put(bucket)
        # Signatures hold five minutes: a long bucket is filled in pieces.
        for start in range(0, count, 100_000):
            signer = house.signer("s3")
            names = (f"{bucket}/{number:09d}" for number in range(start, min(start + 100_000, count)))
            Load.list(workshop, (signer.raw("PUT", name, content) for name in names)).send_all(house.url, 64)
    pairs = []
    for _ in range(scale.rounds):
        row = []
        for bucket in ("/bench-short", "/bench-long"):
            headers = house.signer("s3").headers("GET", bucket, query="list-type=2")
            load = Load.fixed(workshop, "GET", f"{bucket}?list-type=2", headers)
            load.threads = 1
            row.append(load.run(house.url, 1, scale.seconds).p50)
        pairs.append(row)
    figures["ListObjectsV2 median µs, 1,000 keys"] = [round(short * 1e6) for short, _ in pairs]
    figures[f"ListObjectsV2 median µs, {scale.listed:,} keys"] = [round(long * 1e6) for _, long in pairs]
    return median(long / short for short, long in pairs)
