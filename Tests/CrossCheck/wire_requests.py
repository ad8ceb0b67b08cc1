"""Writes requests as botocore makes them, with the parameters they were made from: Golden/requests.jsonl.

Run from the root of the repository with the botocore that Codegen/models.lock names. Two requests an operation: one with
the required members only, one with all. Nothing is sent anywhere.
"""
import base64, datetime, json, random, re, sys
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

SERVICES = {"IAM": "iam", "STS": "sts", "CloudTrail": "cloudtrail", "S3": "s3", "S3Control": "s3control",
            "AccessAnalyzer": "accessanalyzer", "Signin": "signin"}
SAMPLES = ["abc-1", "abc", "ABCDEF1234567890", "/", "/team/", "v1", "123456789012", "1", "b", "true",
           "arn:aws:iam::123456789012:user/Alice", "AKIAIOSFODNN7EXAMPLE", "Größe & <weit>", "a/b"]
# For patterns that none of these fits, so that the others' requests stay as they are.
MORE = ["p-examplepolicy1", "o-a1b2c3d4e5/r-f6g7h8/ou-1234-abcdefgh", "arn:aws:iam::123456789012:role/Reader", "arn:aws:cloudtrail:us-east-1:123456789012:trail/all",
        "arn:aws:signin:::devtools/same-device", "authorization_code", "aws_sigv4", "arn:aws:s3:eu-west-1:123456789012:storage-lens-group/g",
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/watch"]
captured = {}


def sample(shape):
    if shape.enum:
        return random.choice(shape.enum)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10**6)
    pattern = shape.metadata.get("pattern")
    if pattern:
        pattern = pattern.replace("\\p{L}\\p{Z}\\p{N}", r"\w ").replace("\\u10000-\\u10FFFF", "")
    choices = []
    for text in SAMPLES:
        padded = text if len(text) >= low else text + "x" * (low - len(text))
        if pattern and not re.fullmatch(pattern, padded):
            padded = text + "1" * max(0, low - len(text))
        if low <= len(padded) <= high and (not pattern or re.fullmatch(pattern, padded)):
            choices.append(padded)
    choices = choices or [text for text in MORE if pattern and re.fullmatch(pattern, text)]
    if not choices:
        sys.exit(f"no sample for {shape.name} {shape.metadata}")
    return random.choice(choices)


def value(shape, every, member=None):
    kind = shape.type_name
    if kind == "structure":
        if shape.is_tagged_union:
            name = next(iter(shape.members))
            return {name: value(shape.members[name], every, name)}
        # A token that botocore would make up is different each time.
        given = {n: value(m, every, n) for n, m in shape.members.items()
                 if every or n in shape.required_members or m.metadata.get("idempotencyToken")}
        # A form cannot say that a structure is there and empty. Some have no members at all.
        return given if given or member is None or not shape.members else value(shape, True, member)
    if kind == "list":
        count = max(shape.metadata.get("min", 0), min(2, shape.metadata.get("max", 2)))
        return [value(shape.member, every) for _ in range(count)]
    if kind == "map":
        return {f"key-{n}": value(shape.value, every) for n in range(2)}
    if kind == "string":
        if member == "Bucket":
            return "bucket-1"
        if shape.name == "AccessPointName":
            return "door-1"
        if shape.name == "ObjectKey":
            return random.choice(["plain", "a b/c+d%.txt", "Größe/ü", "dir//x"])
        if member in ("AccountId", "ExpectedBucketOwner"):
            return "123456789012"
        text = sample(shape)
        in_header = shape.serialization.get("location") in ("header", "headers") or member is None
        return "abc-1".ljust(shape.metadata.get("min", 0), "x") if in_header and not text.isascii() else text
    if kind in ("integer", "long"):
        return random.randint(shape.metadata.get("min", 1), min(shape.metadata.get("max", 90), 10**6))
    if kind == "boolean":
        return random.random() < 0.5
    if kind == "timestamp":
        return datetime.datetime.fromtimestamp(random.randint(10**9, 2 * 10**9), datetime.timezone.utc)
    if kind == "blob":
        return b"some bytes \x00\xff"
    if kind in ("double", "float"):
        return 1.5
    sys.exit(f"no value for {kind}")


def plain(item):
    if isinstance(item, dict):
        return {k: plain(v) for k, v in item.items()}
    if isinstance(item, list):
        return [plain(v) for v in item]
    if isinstance(item, datetime.datetime):
        return int(item.timestamp())
    if isinstance(item, bytes):
        return base64.b64encode(item).decode()
    return item


def capture(request, **_):
    captured["request"] = request
    return AWSResponse(request.url, 200, {}, Raw())


class Raw:
    def stream(self, **_):
        yield b"<x/>"
    def read(self, *_):
        return b""


def main():
    session = botocore.session.get_session()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    config = Config(request_checksum_calculation="when_required", response_checksum_validation="when_required",
                    retries={"max_attempts": 0},
                    s3={"addressing_style": "path"})
    lines = []
    for name, folder in SERVICES.items():
        client = session.create_client(folder, region_name="eu-west-1", endpoint_url="http://localhost:4566", config=config)
        client.meta.events.register("before-send", capture)
        for operation in open(f"Codegen/operations/{name}.txt").read().split():
            model = client.meta.service_model.operation_model(operation)
            # Its own, so that one more operation leaves the others' requests as they are.
            random.seed(f"{name}.{operation}")
            for every in (False, True):
                params = value(model.input_shape, every) if model.input_shape else {}
                if folder == "s3":
                    if params.get("Body") is not None:
                        params["Body"] = b"some bytes"
                    for extra in ("Expires", "ContentMD5", "SSECustomerKey", "SSECustomerKeyMD5", "ContentLength",
                                  "CopySourceSSECustomerKey", "CopySourceSSECustomerKeyMD5"):
                        params.pop(extra, None)
                    if "CopySource" in params:
                        params["CopySource"] = "bucket-2/plain"
                    for key in [k for k in params if k.startswith("Checksum") and k != "ChecksumMode"]:
                        params.pop(key)
                captured.clear()
                given = plain(params)
                try:
                    client._make_api_call(operation, dict(params))
                except Exception as error:
                    if "request" not in captured:
                        sys.exit(f"{name}.{operation}: {error!r}")
                request = captured["request"]
                if "x-amz-sdk-checksum-algorithm" in request.headers:
                    given["ChecksumAlgorithm"] = "CRC32"
                if "encoding-type=url" in request.url:
                    given["EncodingType"] = "url"
                body = request.body or b""
                if hasattr(body, "read"):
                    body = body.read()
                body = body.encode() if isinstance(body, str) else bytes(body)
                host, _, target = request.url.removeprefix("http://").partition("/")
                headers = [["Host", host]]
                for key, item in sorted(request.headers.items()):
                    low = key.lower()
                    if low in ("authorization", "user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "x-amz-date"):
                        continue
                    headers.append([key, item.decode("latin-1") if isinstance(item, bytes) else str(item)])
                lines.append(json.dumps({"service": name, "scope": client.meta.service_model.signing_name,
                    "operation": operation, "method": request.method, "target": "/" + target, "headers": headers,
                    "body": base64.b64encode(body).decode(), "input": given}, ensure_ascii=True, sort_keys=True))
    open("Tests/WireTests/Golden/requests.jsonl", "w").write("\n".join(lines) + "\n")
    print(len(lines), "requests")


main()
