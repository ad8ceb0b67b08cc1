"""Defends: an object that is called as a path of the house is an object, where its bucket's name is in the host."""

import json

import botocore.auth

from server import ROOT, ROOT_KEYS
from signed import send, signed


def test_an_object_in_a_bucket_of_its_own_host(server, root):
    root.s3.create_bucket(Bucket="house")
    for path in ("/_gatehouse/health", "/_gatehouse/metrics", "/_localstack/health"):
        headers = signed(
            server, ROOT_KEYS, b"an object", service="s3", method="PUT", target=path, headers={}, signer=botocore.auth.S3SigV4Auth,
            host=f"house.localhost:{server.port}")
        assert send(server, "PUT", path, b"an object", headers).status == 200
        assert root.s3.get_object(Bucket="house", Key=path[1:])["Body"].read() == b"an object"


def test_the_coverage_is_told_to_all(server):
    answer = send(server, "GET", "/_gatehouse/coverage")
    lines = answer.text.splitlines()
    assert answer.status == 200 and lines[0] == "| service | operations | not implemented | resource policies |"
    rows = {cells[0]: cells[1:] for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:])}
    assert int(rows["IAM"][0]) > 100 and rows["IAM"][2] == "role trust policies"
    assert rows["S3"][2] == "bucket policies" and rows["SSM"][2] == "–"
    # The same table is the first of the document.
    assert answer.text in (ROOT / "Documentation/Coverage.md").read_text()
    assert send(server, "POST", "/_gatehouse/coverage").status == 405


def test_a_path_of_the_house_that_is_not_there_is_told_in_its_own_words(server):
    for path in ("/_gatehouse", "/_gatehouse/", "/_gatehouse/covrage", "/_gatehouse/health/x"):
        answer = send(server, "GET", path)
        assert answer.status == 404 and json.loads(answer.text) == {"message": f"there is nothing at {path}"}


def test_health_is_for_reading(server):
    assert send(server, "PUT", "/_gatehouse/health", b"x").status == 405
