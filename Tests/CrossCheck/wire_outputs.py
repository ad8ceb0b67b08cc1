"""Writes outputs of every operation as trees of the model's names (OUT/outputs.jsonl), or, with `check`, reads the
answers that the test `AnswerTests` made from them (OUT/answers.jsonl) with botocore's own parsers and compares.

    WIRE_CROSS_CHECK=OUT; wire_outputs.py OUT; swift test --filter AnswerTests; wire_outputs.py OUT check
"""
import base64, datetime, json, random, sys
import botocore.session
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser

SERVICES = {"IAM": "iam", "STS": "sts", "CloudTrail": "cloudtrail", "S3": "s3", "S3Control": "s3control",
            "AccessAnalyzer": "accessanalyzer", "Signin": "signin"}
random.seed(11)


def value(shape, every, in_header=False):
    kind = shape.type_name
    if kind == "structure":
        return {n: value(m, every, m.serialization.get("location") is not None) for n, m in shape.members.items()
                if every or n in shape.required_members}
    if kind == "list":
        return [value(shape.member, every) for _ in range(2)]
    if kind == "map":
        keys = shape.key.enum[:2] if shape.key.enum else ["key-0", "key-1"]
        return {key: value(shape.value, every, in_header) for key in keys}
    if kind == "string":
        return random.choice(shape.enum) if shape.enum else "a-b" if in_header else random.choice(["plain", "Größe & <weit> \"x\"", " a b "])
    if kind in ("integer", "long"):
        return random.randint(1, 2**31 - 1)
    if kind == "boolean":
        return random.random() < 0.5
    if kind == "timestamp":
        return datetime.datetime.fromtimestamp(random.randint(10**9, 2 * 10**9), datetime.timezone.utc)
    if kind == "blob":
        return b"some bytes"
    return 1.5


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


def models():
    session = botocore.session.get_session()
    for name, folder in SERVICES.items():
        service = session.get_service_model(folder)
        for operation in open(f"Codegen/operations/{name}.txt").read().split():
            yield name, service, service.operation_model(operation)


def write(out):
    with open(out + "/outputs.jsonl", "w") as file:
        for name, service, model in models():
            for every in (False, True):
                tree = plain(value(model.output_shape, every)) if model.output_shape else {}
                for name_apart in ("Body", "Expires", "ExpiresString"):  # botocore has its own idea of Expires
                    tree.pop(name_apart, None)
                file.write(json.dumps({"service": name, "operation": model.name, "output": tree}) + "\n")


def check(out):
    answers = [json.loads(line) for line in open(out + "/answers.jsonl")]
    table = {(name, model.name): (service, model) for name, service, model in models()}
    bad = 0
    for answer in answers:
        service, model = table[answer["service"], answer["operation"]]
        headers = HeadersDict()
        for line in answer["header"].split("\r\n"):
            if line:
                key, _, item = line.partition(": ")
                headers[key] = item
        shape = model.output_shape
        parsed = create_parser(service.protocol).parse(
            {"status_code": answer["status"], "headers": headers, "body": base64.b64decode(answer["body"])}, shape)
        parsed.pop("ResponseMetadata", None)
        if "Body" in parsed:
            parsed.pop("Body")
        expected = answer["output"]
        for key in ("ContentLength",):
            expected.pop(key, None)
            parsed.pop(key, None)
        if answer["operation"] == "GetBucketLocation":  # botocore reads this one in a handler, not in its parser
            continue
        parsed = {key: item for key, item in parsed.items() if item not in ({}, "", [])}
        expected = {key: item for key, item in expected.items() if item not in ({}, "", [])}
        if plain(parsed) != expected:
            bad += 1
            print(answer["operation"], "\n  parsed  ", plain(parsed), "\n  expected", expected)
    print(len(answers), "answers,", bad, "differ")


check(sys.argv[1]) if len(sys.argv) > 2 else write(sys.argv[1])
