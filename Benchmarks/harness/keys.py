"""Uses of KMS keys, signed over HTTP: ciphers against the bare edge and OpenBao, RSA signatures against `openssl speed`,
a crowded account against an empty one, keys in a device against the device alone."""

import base64
import json
import os
import re
import subprocess
from statistics import median

from .load import Load
from .openbao import OpenBao
from .processes import Failed, release
from .servers import Edge, House

CONNECTIONS = 64
SIGNERS = 16
FEW = 8
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
CONTEXT = {"Department": "Engineering", "Project": "Alpha"}


def measure(workshop, house, scale, figures):
    calls = Calls(house)
    key = calls.answer("CreateKey")["KeyMetadata"]["Arn"]
    pair = calls.answer("CreateKey", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    clear = base64.b64encode(os.urandom(1024)).decode()
    blob = calls.answer("Encrypt", KeyId=key, Plaintext=clear, EncryptionContext=CONTEXT)["CiphertextBlob"]
    loads = {
        "Encrypt": calls.load(workshop, "Encrypt", KeyId=key, Plaintext=clear, EncryptionContext=CONTEXT),
        "Decrypt": calls.load(workshop, "Decrypt", CiphertextBlob=blob, EncryptionContext=CONTEXT),
        "GenerateDataKey": calls.load(workshop, "GenerateDataKey", KeyId=key, KeySpec="AES_256", EncryptionContext=CONTEXT),
    }
    edges = {name: Edge(workshop, f"{name}.answer", *answer) for name, (_, answer) in loads.items()}
    sign, _ = calls.load(
        workshop, "Sign", KeyId=pair, Message=base64.b64encode(bytes(32)).decode(), MessageType="DIGEST",
        SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256")

    rows, signatures = {name: [] for name in loads}, []
    for _ in range(scale.rounds):
        for name, (load, _) in loads.items():
            bare = load.run(edges[name].url, CONNECTIONS, scale.seconds).rate
            rows[name].append((bare, load.run(house.url, CONNECTIONS, scale.seconds).rate))
        signatures.append((speed(scale.seconds), load_of(sign, house, scale)))
    results = {}
    for name, pairs in rows.items():
        results[f"kms-{name}-of-edge"] = median(whole / bare for bare, whole in pairs)
        for index, who in enumerate(("edge", "gatehouse")):
            figures[f"kms:{name} requests/s, {who}"] = [round(pair[index]) for pair in pairs]
    # Per processor: the load takes part of one, and what is left of it does not sign.
    results["kms-Sign-of-openssl"] = median(cost / mine for cost, (_, mine) in signatures)
    figures["kms:Sign requests/s"] = [round(rate) for _, (rate, _) in signatures]
    figures["kms:Sign CPU µs, openssl speed and gatehouse"] = [
        (round(cost * 1e6, 1), round(mine * 1e6, 1)) for cost, (_, mine) in signatures]
    for edge in edges.values():
        edge.process.stop()
    results["kms-Encrypt-of-openbao"] = beside_openbao(workshop, house, loads["Encrypt"][0], clear, scale, figures)
    results["kms-Encrypt-synced"] = synced(workshop, clear, rows["Encrypt"], scale, figures)
    results["kms-crowd-Decrypt"] = crowd(workshop, house, calls, blob, scale, figures)
    results["kms-Encrypt-of-device"] = in_device(workshop, clear, scale, figures)
    return results


def beside_openbao(workshop, house, load, clear, scale, figures):
    """Encrypts a second, by those of OpenBao, with few connections each, in turn."""
    bao = OpenBao(workshop)
    theirs = bao.encrypt(base64.b64decode(clear))
    pairs = [
        (load.run(house.url, FEW, scale.seconds).rate, theirs.run(bao.url, FEW, scale.seconds).rate)
        for _ in range(scale.rounds)]
    bao.process.stop()
    for index, who in enumerate(("gatehouse", "OpenBao")):
        figures[f"kms:Encrypt requests/s, {FEW} connections, {who}"] = [round(pair[index]) for pair in pairs]
    return median(mine / other for mine, other in pairs)


def synced(workshop, clear, rows, scale, figures):
    """Encrypts a second where each use is synced to the disk before its answer, by the bare edge's."""
    house = House(workshop, "keys-synced", settings=["--sync-reads"])
    calls = Calls(house)
    key = calls.answer("CreateKey")["KeyMetadata"]["Arn"]
    load, _ = calls.load(workshop, "Encrypt", KeyId=key, Plaintext=clear, EncryptionContext=CONTEXT)
    rates = [load.run(house.url, CONNECTIONS, scale.seconds).rate for _ in range(scale.rounds)]
    house.process.stop()
    figures["kms:Encrypt requests/s, synced"] = [round(rate) for rate in rates]
    return median(rates) / median(bare for bare, _ in rows)


def crowd(workshop, few, calls, own, scale, figures):
    """Decrypt's median with many keys, each with a policy of its own, and many grants on the key that is used, by its
    median in an account with one."""
    house = House(workshop, "keys-crowd")
    account, many = house.account(), Calls(house)
    key = many.answer("CreateKey")["KeyMetadata"]["Arn"]
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}]}

    # One is there, and 100,000 are as many as an account may have.
    keys = ({"Policy": json.dumps(policy | {"Id": f"policy-{number}"})} for number in range(scale.keys - 1))
    many.list(workshop, "CreateKey", keys).send_all(house.url, 64)
    grants = (
        {"KeyId": key, "GranteePrincipal": f"arn:aws:iam::{account}:user/bench", "Operations": ["Decrypt"],
         "Constraints": {"EncryptionContextSubset": {"Tenant": str(number)}}} for number in range(scale.grants))
    many.list(workshop, "CreateGrant", grants).send_all(house.url, 64)
    clear = base64.b64encode(bytes(1024)).decode()
    blob = many.answer("Encrypt", KeyId=key, Plaintext=clear, EncryptionContext=CONTEXT)["CiphertextBlob"]
    large, _ = many.load(workshop, "Decrypt", CiphertextBlob=blob, EncryptionContext=CONTEXT)
    # Signed now: signatures are good for five minutes, and it took some to come here.
    load, _ = calls.load(workshop, "Decrypt", CiphertextBlob=own, EncryptionContext=CONTEXT)
    load.threads = large.threads = 1
    pairs = [
        (load.run(few.url, 1, scale.seconds).p50, large.run(house.url, 1, scale.seconds).p50) for _ in range(scale.rounds)]
    figures["kms:Decrypt median µs, one key"] = [round(one * 1e6) for one, _ in pairs]
    figures[f"kms:Decrypt median µs, {scale.keys} keys, {scale.grants} grants"] = [round(other * 1e6) for _, other in pairs]
    house.process.stop()
    return median(other / one for one, other in pairs)


def in_device(workshop, clear, scale, figures):
    """Encrypts a second with keys in SoftHSM, by what SoftHSM does for a program that does nothing else."""
    tokens, pin = workshop.folder / "tokens", workshop.text("pin", "2468")
    tokens.mkdir()
    pin.chmod(0o600)
    softhsm = workshop.text("softhsm2.conf", f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    environment = {"SOFTHSM2_CONF": str(softhsm), "PATH": os.environ["PATH"]}
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "keys", "--pin", "2468", "--so-pin", "1357"],
        env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [release("bench-keys"), str(scale.seconds), str(os.cpu_count()), MODULE, "keys", pin], env=environment, check=True,
        capture_output=True, text=True)
    alone = float(re.search(r"^seal 1 KiB: (\d+) per second", done.stdout, re.MULTILINE).group(1))
    settings = ["--hsm-module", MODULE, "--hsm-token", "keys", "--hsm-pin-file", str(pin)]
    house = House(workshop, "keys-device", settings=settings, environment=environment)
    calls = Calls(house)
    key = calls.answer("CreateKey")["KeyMetadata"]["Arn"]
    load, _ = calls.load(workshop, "Encrypt", KeyId=key, Plaintext=clear, EncryptionContext=CONTEXT)
    rates = [load.run(house.url, CONNECTIONS, scale.seconds).rate for _ in range(scale.rounds)]
    house.process.stop()
    figures["uses of SoftHSM a second, alone"] = round(alone)
    figures["kms:Encrypt requests/s, keys in SoftHSM"] = [round(rate) for rate in rates]
    return median(rates) / alone


def load_of(load, house, scale):
    """Signatures a second, and seconds of the server's processors for each."""
    before = house.process.cpu
    outcome = load.run(house.url, SIGNERS, scale.seconds)
    return outcome.rate, (house.process.cpu - before) / outcome.requests


def speed(seconds):
    """Seconds of a processor for one RSA-2048 signature of OpenSSL's own, while all processors sign, as the server's do."""
    count = os.cpu_count()
    done = subprocess.run(
        ["openssl", "speed", "-seconds", str(seconds), "-multi", str(count), "rsa2048"], capture_output=True, text=True)
    rate = re.search(r"^rsa 2048 bits\s+\S+\s+\S+\s+([0-9.]+)", done.stdout, re.MULTILINE)
    if not rate:
        raise Failed(f"openssl speed said nothing of rsa2048:\n{done.stdout}{done.stderr}")
    return count / float(rate.group(1))


class Calls:
    """KMS over JSON, as the bench's user."""

    def __init__(self, house):
        self._house = house

    def answer(self, operation, **parameters):
        return json.loads(self._send(operation, parameters)[2][1])

    def load(self, workshop, operation, **parameters):
        """The call again and again, and the answer it had once."""
        headers, body, answer = self._send(operation, parameters)
        return Load.fixed(workshop, "POST", "/", headers, body), answer

    def list(self, workshop, operation, inputs):
        """The whole requests, one for each input, signed when they are taken."""
        signer = self._house.signer("kms")
        return Load.list(workshop, (
            signer.raw("POST", "/", json.dumps(parameters).encode(), target=f"TrentService.{operation}")
            for parameters in inputs))

    def _send(self, operation, parameters):
        body = json.dumps(parameters).encode()
        headers = self._house.signer("kms").headers("POST", "/", body, target=f"TrentService.{operation}")
        return headers, body, self._house.send("POST", "/", headers, body)
