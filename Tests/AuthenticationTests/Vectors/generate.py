"""Signs a few hundred requests with botocore and writes them down as they would go over the connection.

Usage: generate.py > botocore-requests.json     (botocore 1.43.11, boto3 of the same release)

The clock and the random choices are fixed, so the result is always the same.
"""
import base64
import datetime
import json
import random
import sys

import boto3
import botocore
import botocore.auth
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from urllib.parse import urlsplit

NOW = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.timezone.utc)
if hasattr(botocore.auth, "get_current_datetime"):
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW.replace(tzinfo=None) if remove_tzinfo else NOW

KEY = "AKIAEXAMPLEEXAMPLE77"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEO///token/with+odd==chars"
choose = random.Random(20260304)
cases = []


def write(name, service, region, family, token, method, url, headers, body, plain):
    parts = urlsplit(url)
    target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    lines = [(k, v if isinstance(v, str) else v.decode("latin-1")) for k, v in headers]
    # Unsigned, and they tell of the machine and the day.
    lines = [(k, v) for k, v in lines if k.lower() not in ("user-agent", "amz-sdk-invocation-id", "amz-sdk-request")]
    if not any(k.lower() == "host" for k, _ in lines):
        lines.append(("Host", parts.netloc))
    cases.append({
        "name": f"{len(cases)} {name}", "service": service, "region": region, "family": family,
        "token": token, "method": method, "target": target, "headers": lines,
        "body": base64.b64encode(body).decode(), "plain": base64.b64encode(plain).decode(),
    })


class Answered(Exception):
    pass


def client(service, region, family, endpoint, token, **config):
    made = boto3.client(
        service, region_name=region, endpoint_url=endpoint, aws_access_key_id=KEY, aws_secret_access_key=SECRET,
        aws_session_token=token, config=Config(retries={"max_attempts": 0}, **config))
    state = {"plain": None}

    def capture(request, **_):
        body = request.body
        if body is None:
            body = b""
        elif hasattr(body, "read"):
            body = body.read()
        elif isinstance(body, str):
            body = body.encode()
        plain = state["plain"] if state["plain"] is not None else bytes(body)
        write(state["name"], service, region, family, token, request.method, request.url, list(request.headers.items()),
              bytes(body), plain)
        raise Answered()

    made.meta.events.register("before-send", capture)

    def call(operation, plain=None, **arguments):
        state.update(plain=plain, name=f"{service} {operation}")
        try:
            getattr(made, operation)(**arguments)
        except Answered:
            return
        raise SystemExit(f"{operation} was not sent")

    call.client = made
    return call


LETTERS = ["a", "Z", "9", "-", ".", "_", "~", " ", "+", "%", "&", "=", "?", "#", "*", "'", "(", ")", "!", "$", "@", ",",
           ";", ":", "/", "//", "./", "../", "%2F", "%25", "é", "ሴ", "😀", "\"", "<", "\\", "^", "`", "{", "|", "\x7f"]


def odd(most=12):
    return "".join(choose.choice(LETTERS) for _ in range(choose.randint(1, most)))


def key():
    return "k" + odd()


for token in (None, TOKEN):
    for endpoint in ("https://s3.eu-central-1.amazonaws.com", "http://localhost:8080"):
        s3 = client("s3", "eu-central-1", "s3", endpoint, token, s3={"addressing_style": "path"})
        for _ in range(12):
            body = choose.randbytes(choose.choice([0, 1, 100, 2000]))
            algorithm = choose.choice(["CRC32", "SHA1", "SHA256"])
            s3("put_object", plain=body, Bucket="bucket-one", Key=key(), Body=body, ChecksumAlgorithm=algorithm,
               Metadata={"note": choose.choice(["plain", "two  blanks", " edge "])})
            s3("get_object", Bucket="bucket-one", Key=key(), VersionId=odd(), ResponseContentType="text/plain; a=b+c")
            s3("list_objects_v2", Bucket="bucket-one", Prefix=odd(), Delimiter="/", StartAfter=odd())
        s3("list_buckets")
        s3("delete_objects", Bucket="bucket-one", Delete={"Objects": [{"Key": key()}]})
        s3("create_multipart_upload", Bucket="bucket-one", Key=key())
        s3("upload_part", plain=b"part", Bucket="bucket-one", Key="part", UploadId=odd(), PartNumber=3, Body=b"part")
        s3("copy_object", Bucket="bucket-one", Key=key(), CopySource={"Bucket": "other", "Key": key()})
        s3("get_bucket_tagging", Bucket="bucket-one")
        for _ in range(6):
            for operation, arguments in (
                ("get_object", {"Bucket": "bucket-one", "Key": key(), "ResponseCacheControl": odd()}),
                ("put_object", {"Bucket": "bucket-one", "Key": key()}),
            ):
                url = s3.client.generate_presigned_url(operation, arguments, ExpiresIn=choose.choice([1, 900, 604800]))
                body = b"uploaded" if operation == "put_object" else b""
                write(f"s3 presigned {operation}", "s3", "eu-central-1", "s3", token,
                      "PUT" if operation == "put_object" else "GET", url, [], body, body)

    iam = client("iam", "us-east-1", "query", "https://iam.amazonaws.com", token)
    for _ in range(8):
        iam("create_user", UserName="u" + odd(5).replace("/", ""), Path="/" + odd(4).replace("/", "") + "/")
    iam("list_users")
    sts = client("sts", "us-east-1", "query", "https://sts.amazonaws.com", token)
    sts("get_caller_identity")
    sts("assume_role", RoleArn="arn:aws:iam::111122223333:role/a/b", RoleSessionName="x=y@z,1")
    url = sts.client.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    write("sts presigned", "sts", "us-east-1", "query", token, "GET", url, [], b"", b"")

    kms = client("kms", "eu-west-1", "json", "https://kms.eu-west-1.amazonaws.com", token)
    kms("list_keys")
    kms("encrypt", KeyId="alias/a", Plaintext=choose.randbytes(40))
    trail = client("cloudtrail", "eu-west-1", "json", "https://cloudtrail.eu-west-1.amazonaws.com", token)
    trail("lookup_events", MaxResults=3)

    functions = client("lambda", "eu-west-1", "restJSON", "https://lambda.eu-west-1.amazonaws.com", token)
    for _ in range(6):
        functions("get_function", FunctionName="arn:aws:lambda:eu-west-1:111122223333:function:" + odd(6),
                  Qualifier="q" + odd(4))
    functions("invoke", FunctionName="f", Payload=b'{"a": 1}')
    functions("list_tags", Resource="arn:aws:lambda:eu-west-1:111122223333:function:f")

json.dump({"botocore": botocore.__version__, "now": int(NOW.timestamp() * 1000), "accessKeyID": KEY, "secret": SECRET,
           "cases": cases}, sys.stdout, indent=0, ensure_ascii=True)
print()
