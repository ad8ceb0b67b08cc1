"""Objects of 1 MB: reads against nginx's files, writes against the reference program."""

import os
from statistics import median

from .load import Load
from .processes import rate, release
from .signing import UNSIGNED

SIZE = 1_000_000
READERS = 16
WRITERS = 8
NAMES = 64


def measure(workshop, house, nginx, scale, figures):
    content = os.urandom(SIZE)
    (workshop.folder / "files/one").write_bytes(content)
    house.put("/bench-objects")
    house.put("/bench-objects/one", content)
    return _reads(workshop, house, nginx, scale, figures) | _writes(workshop, house, content, scale, figures)


def _reads(workshop, house, nginx, scale, figures):
    file = Load.fixed(workshop, "GET", "/files/one", {})
    pairs = []
    for _ in range(scale.rounds):
        served = file.run(nginx.url, READERS, scale.seconds).rate
        load = Load.fixed(workshop, "GET", "/bench-objects/one", house.signer("s3").headers("GET", "/bench-objects/one"))
        pairs.append((served, load.run(house.url, READERS, scale.seconds).rate))
    figures["1 MB files/s, nginx"] = [round(served) for served, _ in pairs]
    figures["GetObject 1 MB/s"] = [round(got) for _, got in pairs]
    return {"GetObject-of-nginx": median(got / served for served, got in pairs)}


def _writes(workshop, house, content, scale, figures):
    folder = workshop.folder / "reference"
    folder.mkdir()
    pairs = []
    for _ in range(scale.rounds):
        reference = rate(release("bench-reference"), folder, WRITERS, scale.seconds, SIZE)
        signer = house.signer("s3")
        # The reference reads its bytes once, for their MD5; so the payload is not digested a second time here.
        names = (f"/bench-objects/put-{number}" for number in range(NAMES))
        load = Load.list(workshop, (signer.raw("PUT", name, content, payload=UNSIGNED) for name in names), repeats=True)
        pairs.append((reference, load.run(house.url, WRITERS, scale.seconds).rate))
    figures["1 MB files/s, reference"] = [round(reference, 1) for reference, _ in pairs]
    figures["PutObject 1 MB/s"] = [round(put, 1) for _, put in pairs]
    return {"PutObject-of-reference": median(put / reference for reference, put in pairs)}
