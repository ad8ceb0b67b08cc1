"""Defends the rules by which browsers call a bucket from other origins: kept, limited, and said to browsers exactly."""

import xml.etree.ElementTree

import botocore.auth
import pytest

from audit import events, records
from errors import refused
from people import allow, policy, statement
from server import ACCOUNT, ROOT_KEYS
from signed import send, signed
from test_bucket_access import OPEN
from test_buckets import public_read

PAGE = "https://app.example"
VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    root.s3.put_object(Bucket="box", Key="k", Body=b"text")
    return root.s3


@pytest.fixture
def public(box):
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    box.put_bucket_policy(Bucket="box", Policy=public_read("box"))
    return box


def rule(origins=(PAGE,), methods=("GET",), **more):
    return {"AllowedOrigins": list(origins), "AllowedMethods": list(methods)} | more


def put(s3, *rules):
    return s3.put_bucket_cors(Bucket="box", CORSConfiguration={"CORSRules": list(rules)})


def rules(s3):
    return s3.get_bucket_cors(Bucket="box")["CORSRules"]


def told(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-") or name == "Vary"}


def preflight(server, origin=PAGE, method="GET", headers=None, target="/box/k"):
    sent = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return send(server, "OPTIONS", target, headers={name: value for name, value in sent.items() if value is not None})


def error(answer):
    """The elements of an S3 error, without those that differ each time."""
    tree = xml.etree.ElementTree.fromstring(answer.body)
    return {item.tag: item.text for item in tree if item.tag not in ("RequestId", "HostId")}


def test_rules_come_and_go(box):
    with refused("NoSuchCORSConfiguration", "The CORS configuration does not exist", status=404):
        rules(box)
    full = rule(["http://*.get", "*", ""], ["GET", "PUT", "HEAD", "POST", "DELETE"], ID="one", AllowedHeaders=["x-AMZ-*", "*"],
                ExposeHeaders=["ETag", "x-amz-id-2"], MaxAgeSeconds=3000)
    put(box, full, rule())
    assert rules(box) == [full, rule()]
    put(box, rule(MaxAgeSeconds=0))
    assert rules(box) == [rule(MaxAgeSeconds=0)]
    for _ in range(2):
        assert box.delete_bucket_cors(Bucket="box")["ResponseMetadata"]["HTTPStatusCode"] == 204
        with refused("NoSuchCORSConfiguration"):
            rules(box)
    with refused("NoSuchBucket", status=404):
        box.get_bucket_cors(Bucket="absent")
    put(box, rule())
    box.delete_object(Bucket="box", Key="k")
    box.delete_bucket(Bucket="box")
    box.create_bucket(Bucket="box")
    with refused("NoSuchCORSConfiguration"):
        rules(box)


def test_rules_keep_to_their_limits(box):
    most = [rule(ID=f"r{number}") for number in range(100)]
    put(box, *most)
    for code, message, wrong in [
        ("InvalidRequest", "limit of 100 rules", [rule()] * 101), ("MalformedXML", None, []),
        ("MalformedXML", None, [{"AllowedMethods": ["GET"]}]), ("MalformedXML", None, [{"AllowedOrigins": ["*"]}]),
        ("InvalidRequest", "Unsupported method is OPTIONS", [rule(methods=["OPTIONS"])]),
        ("InvalidRequest", "Unsupported method is get", [rule(methods=["get"])]),
        ("InvalidRequest", 'AllowedOrigin "*a*.b" can not have more than one wildcard.', [rule(["*a*.b"])]),
        ("InvalidRequest", 'AllowedHeader "*-*" can not have more than one wildcard.', [rule(AllowedHeaders=["*-*"])]),
        ("InvalidRequest", 'ExposeHeader "x-*" contains wildcard', [rule(ExposeHeaders=["x-*"])]),
        ("InvalidRequest", "255", [rule(ID="i" * 256)]), ("InvalidRequest", "unique", [rule(ID="a"), rule(ID="a")]),
        ("InvalidRequest", "MaxAgeSeconds", [rule(MaxAgeSeconds=-1)]),
        ("MaxMessageLengthExceeded", None, [rule(["o" * 1000] * 66)]),
    ]:
        with refused(code, message, status=400):
            put(box, *wrong)
    assert rules(box) == most


def test_each_action_is_asked_for(box, people):
    alice = people.user("alice", allow("s3:GetBucketCORS", "arn:aws:s3:::box"))
    put(box, rule())
    assert rules(alice.s3) == [rule()]
    for call in (lambda: put(alice.s3, rule()), lambda: alice.s3.delete_bucket_cors(Bucket="box")):
        with refused("AccessDenied", "s3:PutBucketCORS"):
            call()
    people.may("alice", allow("s3:PutBucketCORS", "arn:aws:s3:::box"))
    put(alice.s3, rule())
    with refused("AccessDenied", "s3:GetBucketCORS"):
        rules(alice.s3)
    alice.s3.delete_bucket_cors(Bucket="box")


def test_a_preflight_is_answered_by_the_first_rule_that_fits(server, box):
    put(box, rule(methods=["PUT"], AllowedHeaders=["x-amz-meta-*", "Content-Type"], ExposeHeaders=["ETag", "x-amz-id-2"], MaxAgeSeconds=60),
        rule(["http://*.example", PAGE], ["GET", "PUT"], AllowedHeaders=["*"]), rule(["*"], ["HEAD"]))
    answer = preflight(server, method="PUT", headers="content-type,X-Amz-Meta-A")
    assert answer.status == 200 and answer.body == b"" and told(answer) == {
        "Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "PUT", "Access-Control-Expose-Headers": "ETag, x-amz-id-2",
        "Access-Control-Allow-Headers": "content-type, x-amz-meta-a", "Access-Control-Max-Age": "60",
        "Access-Control-Allow-Credentials": "true", "Vary": VARY}
    assert told(preflight(server, method="PUT", headers="x-other")) == {
        "Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "GET, PUT", "Access-Control-Allow-Headers": "x-other",
        "Access-Control-Allow-Credentials": "true", "Vary": VARY}
    assert told(preflight(server, "http://any.where", "HEAD")) == {
        "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "HEAD", "Vary": VARY}
    assert preflight(server, target="/box").status == 200 and preflight(server, target="/box/absent/key").status == 200


@pytest.mark.parametrize("pattern, yes, no", [
    ("*suffix", ["foo.suffix", "suffix"], ["foo.suffix.get", "suffi"]),
    ("start*end", ["startend", "start12end"], ["0start12end", "starten", "startend0"]),
    ("ab*ba", ["abba"], ["aba"]), (PAGE, [PAGE], [PAGE + "/", PAGE + ":443", "http://app.example", PAGE.upper()]),
])
def test_a_star_stands_for_any_text(server, box, pattern, yes, no):
    put(box, rule([pattern]))
    for origin in yes:
        assert told(preflight(server, origin))["Access-Control-Allow-Origin"] == origin
    for origin in no:
        assert preflight(server, origin).status == 403


def test_preflights_that_no_rule_allows_are_refused(server, box):
    def check(answer, status, code, message, **more):
        assert answer.status == status and told(answer) == {}
        assert error(answer) == {"Code": code, "Message": message} | more

    off = "CORSResponse: CORS is not enabled for this bucket."
    check(preflight(server), 403, "AccessForbidden", off, Method="GET", ResourceType="BUCKET")
    check(preflight(server, method=None), 403, "AccessForbidden", off, Method="OPTIONS", ResourceType="BUCKET")
    check(preflight(server, origin=None), 400, "BadRequest", "Insufficient information. Origin request header needed.")
    check(preflight(server, target="/absent/k"), 403, "AccessForbidden", "CORSResponse: Bucket not found", Method="GET", ResourceType="BUCKET")
    put(box, rule(methods=["PUT"]))
    for method in ("BLAH", "OPTIONS", "put"):
        check(preflight(server, method=method), 400, "BadRequest", f"Invalid Access-Control-Request-Method: {method}")
    check(preflight(server, method=None), 400, "BadRequest", "Invalid Access-Control-Request-Method: null")
    for answer in (preflight(server), preflight(server, "https://other", "PUT"), preflight(server, method="PUT", headers="x-a")):
        assert answer.status == 403 and error(answer)["Code"] == "AccessForbidden" and told(answer) == {}
        assert error(answer)["Message"].startswith("CORSResponse: This CORS request is not allowed.")
        assert error(answer)["ResourceType"] == "OBJECT"
    assert error(preflight(server, target="/box"))["ResourceType"] == "BUCKET"


def test_a_preflight_costs_little_whatever_it_asks(server, box):
    put(box, rule(AllowedHeaders=[f"*{number}x" for number in range(9000)]), rule(AllowedHeaders=["*"]))
    assert preflight(server, headers=",".join(["x-a"] * 100)).status == 200
    assert preflight(server, headers=",".join(["x-a"] * 101)).status == 403
    assert preflight(server, headers=" , x-a ,, X-B ").headers["Access-Control-Allow-Headers"] == "x-a, x-b"


def test_a_preflight_allows_nothing_itself(server, root, box):
    put(box, rule(["*"], ["GET", "PUT", "DELETE"], AllowedHeaders=["*"]))
    assert preflight(server, method="DELETE").status == 200
    assert send(server, "DELETE", "/box/k", headers={"Origin": PAGE}).status == 403
    assert send(server, "GET", "/box/k", headers={"Origin": PAGE}).status == 403
    assert box.get_object(Bucket="box", Key="k")["Body"].read() == b"text"
    assert {event["EventName"] for event in events(root)} == {"CreateBucket", "PutBucketCors"}


def test_answers_and_errors_tell_the_browser_what_it_may_show(server, public):
    put(public, rule(methods=["GET", "PUT"], ExposeHeaders=["ETag"], MaxAgeSeconds=5))
    expected = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "GET, PUT", "Access-Control-Expose-Headers": "ETag",
                "Access-Control-Max-Age": "5", "Access-Control-Allow-Credentials": "true", "Vary": VARY}

    def call(method="GET", target="/box/k", **headers):
        return send(server, method, target, headers={"Origin": PAGE} | {name.replace("_", "-"): value for name, value in headers.items()})

    assert (call().status, call().body, told(call())) == (200, b"text", expected)
    assert (call(target="/box/absent").status, told(call(target="/box/absent"))) == (403, expected)
    assert (call("PUT").status, told(call("PUT"))) == (403, expected)
    assert (call(If_None_Match="*").status, told(call(If_None_Match="*"))) == (304, expected)
    assert (call(Range="bytes=1-2").status, told(call(Range="bytes=1-2"))) == (206, expected)
    # What no rule allows is answered as ever, and the browser keeps it from the page.
    for answer in (call("HEAD"), call(Origin="https://other"), call(Access_Control_Request_Method="DELETE"),
                   call(Access_Control_Request_Headers="x-a"), send(server, "GET", "/box/k")):
        assert answer.status == 200 and told(answer) == {}
    assert told(call("GET", "/absent/k")) == {} and told(call("GET", "/")) == {}
    public.delete_bucket_cors(Bucket="box")
    assert told(call()) == {}


def test_signed_calls_and_links_from_pages_work(server, box):
    put(box, rule(methods=["GET", "PUT"], AllowedHeaders=["*"]))
    headers = signed(server, ROOT_KEYS, b"", service="s3", method="GET", target="/box/k", headers={}, signer=botocore.auth.S3SigV4Auth)
    answer = send(server, "GET", "/box/k", headers=headers | {"Origin": PAGE})
    assert (answer.status, answer.body, answer.headers["Access-Control-Allow-Origin"]) == (200, b"text", PAGE)
    link = box.generate_presigned_url("put_object", {"Bucket": "box", "Key": "new"})[len(server.url):]
    assert preflight(server, method="PUT", headers="content-type", target=link).status == 200
    answer = send(server, "PUT", link, b"by page", {"Origin": PAGE})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
    wrong = send(server, "PUT", link + "x", b"by page", {"Origin": PAGE})
    assert (wrong.status, wrong.headers["Access-Control-Allow-Origin"]) == (403, PAGE)
    assert send(server, "OPTIONS", link).status == 400


def test_the_bucket_may_be_in_the_host(server, public):
    put(public, rule(["*"]))
    host = {"Host": f"box.s3.localhost:{server.port}", "Origin": PAGE}
    answer = send(server, "OPTIONS", "/k", headers=host | {"Access-Control-Request-Method": "GET"})
    assert answer.status == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert send(server, "GET", "/k", headers=host).headers["Access-Control-Allow-Origin"] == "*"


def test_a_header_cannot_break_out_of_the_answer(server, box):
    put(box, rule(["a\r\nX-Evil: 1*", "b*"], AllowedHeaders=["*"]))
    answer = preflight(server, "b\tX-Evil: 1", headers="x\tevil")
    assert answer.status == 200 and "X-Evil" not in answer.headers


def test_changes_are_recorded_exactly(server, root, box, people):
    put(box, rule(MaxAgeSeconds=5))
    put(box, rule(["*", PAGE], ID="a"), rule())
    rules(box)
    box.delete_bucket_cors(Bucket="box")
    with refused("AccessDenied"):
        put(people.user("alice").s3, rule())
    denied, second, first = records(root, "PutBucketCors")
    about = {"bucketName": "box", "Host": f"127.0.0.1:{server.port}", "cors": ""}
    xmlns = {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}
    one = {"AllowedMethod": "GET", "AllowedOrigin": PAGE}
    assert first["requestParameters"] == about | {"CORSConfiguration": xmlns | {"CORSRule": one | {"MaxAgeSeconds": 5}}}
    assert second["requestParameters"] == about | {"CORSConfiguration": xmlns | {
        "CORSRule": [{"ID": "a", "AllowedMethod": "GET", "AllowedOrigin": ["*", PAGE]}, one]}}
    assert first["responseElements"] is None and first["readOnly"] is False and first["managementEvent"] is True
    assert first["resources"] == [{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::box"}]
    assert denied["errorCode"] == "AccessDenied"
    for name, is_read in [("GetBucketCors", True), ("DeleteBucketCors", False)]:
        record, = records(root, name)
        assert (record["requestParameters"], record["readOnly"]) == (about, is_read)


def test_the_command_line_sets_rules(box, aws):
    aws("s3api", "put-bucket-cors", "--bucket", "box", "--cors-configuration",
        '{"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]}')
    assert aws("s3api", "get-bucket-cors", "--bucket", "box")["CORSRules"] == [rule(["*"])]
