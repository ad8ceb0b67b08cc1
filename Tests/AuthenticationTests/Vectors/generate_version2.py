"""Makes links of Signature Version 2 with boto3 as it is, nothing configured, and writes down what comes of following them.

Usage: generate_version2.py > botocore-version2.json     (botocore 1.43.11, boto3 of the same release)

The clock and the random choices are fixed, so the result is always the same.
"""
import json
import random
import sys
import time
from urllib.parse import urlsplit

import boto3
import botocore
from botocore.config import Config

NOW = 1772600767
time.time = lambda: NOW
KEY = "AKIAEXAMPLEEXAMPLE77"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEO///token/with+odd==chars"
LETTERS = ["a", "Z", "9", "-", ".", "_", "~", " ", "+", "%", "&", "=", "?", "#", "*", "'", "(", "!", "$", "@", ",", ";",
           ":", "/", "%2F", "%25", "é", "ሴ", "😀", "\"", "<", "\\", "^", "`", "{", "|"]
choose = random.Random(20260305)
cases = []


def odd(most=12):
    return "".join(choose.choice(LETTERS) for _ in range(choose.randint(1, most)))


def follow(name, token, bucket, method, link, headers):
    parts = urlsplit(link)
    cases.append({
        "name": f"{len(cases)} {name}", "token": token, "hostBucket": bucket, "method": method,
        "target": (parts.path or "/") + "?" + parts.query, "headers": [["Host", parts.netloc], *headers]})


for token in (None, TOKEN):
    for bucket, config in ((None, None), ("bucket-one", Config(s3={"addressing_style": "virtual"}))):
        endpoint = "http://127.0.0.1:4566" if bucket is None else None
        s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint, aws_access_key_id=KEY,
                          aws_secret_access_key=SECRET, aws_session_token=token, config=config)

        def link(method, operation, headers=(), **arguments):
            made = s3.generate_presigned_url(operation, {"Bucket": "bucket-one", **arguments}, ExpiresIn=900)
            follow(operation, token, bucket, method, made, [list(pair) for pair in headers])

        for _ in range(6):
            key = "k" + odd()
            link("GET", "get_object", Key=key)
            link("GET", "get_object", Key=key, VersionId=odd(), ResponseContentType="text/plain; a=b+c",
                 ResponseContentDisposition="attachment; filename=" + odd())
            link("PUT", "put_object", Key=key)
            link("DELETE", "delete_object", Key=key)
            link("GET", "list_objects_v2", Prefix=odd(), Delimiter="/")
        link("HEAD", "head_object", Key="k", PartNumber=1)
        link("GET", "list_objects_v2")
        link("GET", "get_bucket_policy")
        link("HEAD", "head_bucket")
        # What is sent must be what was signed; metadata may stay in the link.
        link("PUT", "put_object", [("Content-Type", "text/x")], Key="k", ContentType="text/x")
        link("PUT", "put_object", Key="k", Metadata={"a": "1 2", "B": "x"})
        link("PUT", "put_object", [("X-Amz-Meta-A", "1")], Key="k", Metadata={"a": "1"})
        link("PUT", "put_object", [("Content-MD5", "mQnJg5G6vjrpXkv6vT9TEA==")], Key="k",
             ContentMD5="mQnJg5G6vjrpXkv6vT9TEA==")

json.dump({"botocore": botocore.__version__, "now": NOW * 1000, "accessKeyID": KEY, "secret": SECRET, "cases": cases},
          sys.stdout, indent=0, ensure_ascii=True)
print()
