"""Defends: an object that is called as a path of the house is an object, where its bucket's name is in the host."""

import botocore.auth

from server import ROOT_KEYS
from signed import send, signed


def test_an_object_in_a_bucket_of_its_own_host(server, root):
    root.s3.create_bucket(Bucket="house")
    for path in ("/_gatehouse/health", "/_gatehouse/metrics", "/_localstack/health"):
        headers = signed(
            server, ROOT_KEYS, b"an object", service="s3", method="PUT", target=path, headers={}, signer=botocore.auth.S3SigV4Auth,
            host=f"house.localhost:{server.port}")
        assert send(server, "PUT", path, b"an object", headers).status == 200
        assert root.s3.get_object(Bucket="house", Key=path[1:])["Body"].read() == b"an object"


def test_health_is_for_reading(server):
    assert send(server, "PUT", "/_gatehouse/health", b"x").status == 405
