"""Durable CreateUser against the bare store's group commit."""

from statistics import median

from .load import Load
from .processes import rate, release
from .servers import House

CONNECTIONS = 64
# Each round has a house of its own, whose account holds 100,000 users.
ROUNDS, SECONDS, QUOTA = 3, 2, 99_000


def measure(workshop, scale, figures):
    rounds = []
    for turn in range(ROUNDS):
        rows, ceiling = (ceiling_of(kind, workshop, turn) for kind in ("row", "user"))
        house = House(workshop, f"changes-{turn}")
        # More requests than can be answered in the time: no change is faster than the bare store's.
        count = min(int(ceiling * SECONDS * 1.2) + 1000, QUOTA)
        signer = house.signer("iam")
        load = Load.list(workshop, (user(house, signer, f"change-{number}") for number in range(count)))
        rounds.append((rows, ceiling, load.run(house.url, CONNECTIONS, SECONDS)))
        house.process.stop()
    figures["bare store, rows of 200 bytes, transactions/s"] = [round(rows) for rows, _, _ in rounds]
    figures["bare store, what CreateUser leaves, transactions/s"] = [round(ceiling) for _, ceiling, _ in rounds]
    figures["CreateUser requests/s"] = [round(done.rate) for _, _, done in rounds]
    figures["CreateUser p99 ms"] = [round(done.p99 * 1000, 1) for _, _, done in rounds]
    return {
        "CreateUser-of-store": median(done.rate / ceiling for _, ceiling, done in rounds),
        "CreateUser-of-rows": median(done.rate / rows for rows, _, done in rounds),
    }


def ceiling_of(kind, workshop, turn):
    return rate(release("bench-store"), kind, workshop.folder / f"store-{kind}-{turn}", CONNECTIONS, SECONDS)


def user(house, signer, name):
    return signer.raw("POST", "/", house.form("iam", "CreateUser", UserName=name))
