"""Uses of KMS keys, signed over HTTP: ciphers against the bare edge, RSA signatures against `openssl speed`."""

import base64
import json
import os
import re
import subprocess
from statistics import median

from .load import Load
from .processes import Failed
from .servers import Edge

CONNECTIONS = 64
SIGNERS = 16
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
    return results


def load_of(load, house, scale):
    """Signatures a second, and seconds of the server's processors for each."""
    before = house.process.cpu
    outcome = load.run(house.url, SIGNERS, scale.seconds)
    return outcome.rate, (house.process.cpu - before) / outcome.requests


def speed(seconds):
    """Seconds of a processor for one RSA-2048 signature of OpenSSL's own."""
    done = subprocess.run(["openssl", "speed", "-seconds", str(seconds), "rsa2048"], capture_output=True, text=True)
    rate = re.search(r"^rsa 2048 bits\s+\S+\s+\S+\s+([0-9.]+)", done.stdout, re.MULTILINE)
    if not rate:
        raise Failed(f"openssl speed said nothing of rsa2048:\n{done.stdout}{done.stderr}")
    return 1 / float(rate.group(1))


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

    def _send(self, operation, parameters):
        body = json.dumps(parameters).encode()
        headers = self._house.signer("kms").headers("POST", "/", body, target=f"TrentService.{operation}")
        return headers, body, self._house.send("POST", "/", headers, body)
