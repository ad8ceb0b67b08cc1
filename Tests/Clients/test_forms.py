"""Defends uploads from browsers: a form stores what its policy allows, as PutObject would, and nothing else."""

import base64
import contextlib
import datetime
import hashlib
import hmac
import socket
import xml.etree.ElementTree
import zlib

import pytest

from errors import refused
from forms import BOUNDARY, form, part, post, version2, version4, written
from people import allow, policy, statement
from server import ACCOUNT, ROOT_KEYS, Keys
from signed import send
from test_bucket_access import OPEN

ANY = [{"bucket": "box"}, ["starts-with", "$key", ""]]


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    return root.s3


def error(answer):
    """The code of a refusal, its message, and its further elements."""
    tree = xml.etree.ElementTree.fromstring(answer.body)
    return {item.tag: item.text for item in tree}


def stored(s3, key="k"):
    return s3.get_object(Bucket="box", Key=key)["Body"].read()


def keys(s3):
    return [item["Key"] for item in s3.list_objects_v2(Bucket="box").get("Contents", [])]


def upload(server, conditions=ANY, fields=None, content=b"content", keys=ROOT_KEYS, sign=version4, **more):
    return post(server, "/box", form(sign(keys, conditions) | ({"key": "k"} if fields is None else fields), content, **more))


@pytest.mark.parametrize("signature", ["s3v4", "s3", None])
def test_what_boto3_makes_is_stored(server, root, box, signature):
    config = {"signature_version": signature} if signature else {}
    made = root.make("s3", **config).generate_presigned_post(
        "box", "in/${filename}", Fields={"acl": "bucket-owner-full-control", "success_action_status": "201"},
        Conditions=[{"acl": "bucket-owner-full-control"}, {"success_action_status": "201"}, ["content-length-range", 1, 100]])
    assert made["url"].endswith("/box")
    answer = post(server, "/box", form(made["fields"], b"hello", "C:\\pictures\\a b.txt"))
    assert answer.status == 201, answer.body
    told = error(answer)
    assert (told["Bucket"], told["Key"]) == ("box", "in/a b.txt")
    assert told["ETag"] == f'"{hashlib.md5(b"hello").hexdigest()}"' == answer.headers["ETag"]
    assert told["Location"] == answer.headers["Location"] == f"{server.url}/box/in%2Fa%20b.txt"
    assert stored(box, "in/a b.txt") == b"hello"


def test_a_bucket_in_the_host_is_posted_to(server, box):
    host = {"Host": f"box.s3.localhost:{server.port}"}
    answer = post(server, "/", form(version4(ROOT_KEYS, ANY) | {"key": "k"}), host)
    assert answer.status == 204 and answer.body == b""
    assert answer.headers["Location"] == f"http://box.s3.localhost:{server.port}/k"
    assert stored(box) == b"content"


def test_the_fields_are_the_headers_of_a_put(server, root, box):
    box.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    content = b"text"
    fields = {
        "key": "k", "Content-Type": "text/plain", "Cache-Control": "no-cache", "Content-Disposition": "inline",
        "Content-Encoding": "identity", "Expires": "soon", "x-amz-meta-Colour": "red",
        "x-amz-server-side-encryption": "AES256", "x-amz-storage-class": "STANDARD",
        "x-amz-checksum-crc32": base64.b64encode(zlib.crc32(content).to_bytes(4)).decode(),
        "tagging": "<Tagging><TagSet><Tag><Key>team</Key><Value>a+b</Value></Tag></TagSet></Tagging>",
        "x-ignore-button": "Send",
    }
    conditions = [["starts-with", "$" + name, ""] for name in fields if not name.startswith("x-ignore-")]
    answer = upload(server, [{"bucket": "box"}, *conditions], fields, content)
    assert answer.status == 204, answer.body
    read = box.head_object(Bucket="box", Key="k", ChecksumMode="ENABLED")
    assert (read["ContentType"], read["CacheControl"], read["ContentDisposition"]) == ("text/plain", "no-cache", "inline")
    assert (read["ContentEncoding"], read["ExpiresString"], read["Metadata"]) == ("identity", "soon", {"colour": "red"})
    assert read["ChecksumCRC32"] == fields["x-amz-checksum-crc32"] == answer.headers["x-amz-checksum-crc32"]
    assert read["VersionId"] == answer.headers["x-amz-version-id"]
    assert box.get_object_tagging(Bucket="box", Key="k")["TagSet"] == [{"Key": "team", "Value": "a+b"}]


def test_what_put_object_refuses_is_refused_here_too(server, box):
    for name, value, code in [("acl", "public-read", "AccessControlListNotSupported"), ("x-amz-storage-class", "GLACIER", "NotImplemented"),
                              ("x-amz-checksum-crc32", "AAAAAA==", "BadDigest"), ("Content-MD5", "AAAA", "InvalidDigest"),
                              ("tagging", "<Tagging>", "MalformedXML"), ("x-amz-object-lock-legal-hold", "ON", "InvalidRequest"),
                              ("x-amz-server-side-encryption", "rot13", "InvalidArgument"), ("x-amz-strange", "1", "NotImplemented"),
                              ("x-amz-content-sha256", "UNSIGNED-PAYLOAD", "NotImplemented"), ("x-amz-meta-a", "x\r\ny", "InvalidArgument"),
                              ("key", "k" * 1025, "KeyTooLongError"), ("key", "", "InvalidArgument")]:
        conditions = [{"bucket": "box"}, ["starts-with", "$key", ""], ["starts-with", "$" + name, ""]]
        answer = upload(server, conditions, {"key": "k"} | {name: value})
        assert (error(answer)["Code"], answer.status >= 400) == (code, True), name
    assert keys(box) == []


def test_the_policy_says_what_may_be_sent(server, box):
    def says(conditions, message, fields=None, code="AccessDenied"):
        answer = upload(server, conditions, fields)
        assert (error(answer)["Code"], error(answer)["Message"]) == (code, message)

    failed = "Invalid according to Policy: Policy Condition failed: "
    extra = "Invalid according to Policy: Extra input fields: "
    says([{"bucket": "other"}, {"key": "k"}], failed + '["eq", "$bucket", "other"]')
    says([{"key": "k"}], extra + "bucket")
    says([{"bucket": "box"}, ["starts-with", "$key", "user/"]], failed + '["starts-with", "$key", "user/"]')
    says([{"bucket": "box"}, {"key": "K"}], failed + '["eq", "$key", "K"]')
    says([*ANY, {"x-amz-meta-a": "b"}], failed + '["eq", "$x-amz-meta-a", "b"]')
    says(ANY, extra + "X-Amz-Meta-A", {"key": "k", "X-Amz-Meta-A": "b"})
    says(ANY, extra + "submit", {"key": "k", "submit": "Send"})
    says([*ANY, ["starts-with", "$Content-Type", "image/"]], failed + '["starts-with", "$Content-Type", "image/"]',
         {"key": "k", "Content-Type": "image/png,text/html"})
    assert keys(box) == []
    assert upload(server, [{"bUcKeT": "box"}, ["StArTs-WiTh", "$KeY", "k"]], {"kEy": "k"}).status == 204


def test_a_policy_that_is_none_is_refused(server, box):
    def says(message, policy):
        fields = {"key": "k"} | version2(ROOT_KEYS, ANY)
        fields["policy"] = base64.b64encode(policy.encode()).decode()
        fields["signature"] = base64.b64encode(hmac.new(ROOT_KEYS.secret.encode(), fields["policy"].encode(), hashlib.sha1).digest()).decode()
        told = error(post(server, "/box", form(fields)))
        assert (told["Code"], told["Message"].startswith("Invalid Policy: " + message)) == ("InvalidPolicyDocument", True), told

    end = '"expiration": "2100-01-01T00:00:00Z"'
    says("Invalid JSON", "{")
    says("Policy missing expiration", '{"conditions": []}')
    says("Policy missing conditions", "{%s}" % end)
    says("Unexpected: 'CONDITIONS'", '{%s, "CONDITIONS": []}' % end)
    says("Invalid 'expiration'", '{"expiration": "2100-01-01 00:00:00", "conditions": []}')
    says("Invalid Simple-Condition: Simple-Conditions must", '{%s, "conditions": [{}]}' % end)
    says("Invalid Simple-Condition: value", '{%s, "conditions": [{"key": 1}]}' % end)
    for wrong in ['["content-length-range", 0]', '["content-length-range", -1, 0]', '["like", "$key", "a"]', '["eq", "key", "a"]', '"eq"']:
        says("Invalid", '{%s, "conditions": [%s]}' % (end, wrong))
    assert keys(box) == []


def test_sizes_are_held_and_nothing_is_left(server, box):
    ranged = [*ANY, ["content-length-range", 3, 5]]
    for content, code in [(b"12", "EntityTooSmall"), (b"123456", "EntityTooLarge"), (b"x" * 300_000, "EntityTooLarge")]:
        told = error(upload(server, ranged, content=content))
        assert told["Code"] == code and ("MinSizeAllowed" in told or "MaxSizeAllowed" in told)
    assert keys(box) == []
    for content in [b"123", b"12345"]:
        assert upload(server, ranged, content=content).status == 204
    large = bytes(range(256)) * 9000 + b"\r\n--" + BOUNDARY[:-1].encode() + b"\r\n"
    assert upload(server, content=large).status == 204
    assert stored(box) == large


def test_signatures_keys_and_times_are_checked(server, root, box, people):
    def code(fields, more=None):
        return error(post(server, "/box", form({"key": "k"} | fields | (more or {}))))["Code"]

    for sign, name in [(version2, "signature"), (version4, "x-amz-signature")]:
        good = sign(ROOT_KEYS, ANY)
        assert code(good | {name: good[name][::-1]}) == "SignatureDoesNotMatch"
        assert code(sign(Keys("AKIANOBODYNOBODYNOBO", "x" * 40), ANY)) == "InvalidAccessKeyId"
        assert code(sign(ROOT_KEYS, ANY, expires=-1)) == "AccessDenied"
        assert code({field: value for field, value in good.items() if field != "policy"}) == "InvalidArgument"
        assert code({field: value for field, value in good.items() if field != name}) == "InvalidArgument"
    assert code(version4(ROOT_KEYS, ANY, day="20200101")) == "AuthorizationQueryParametersError"
    assert code(version4(ROOT_KEYS, ANY, region="eu-west-1")) == "AuthorizationHeaderMalformed"
    assert code({"policy": written(ANY)}) == "InvalidArgument"
    assert code(version2(ROOT_KEYS, ANY) | version4(ROOT_KEYS, ANY)) == "InvalidArgument"
    alice = people.user("alice", allow("s3:PutObject", "arn:aws:s3:::box/*"))
    made = version4(alice.keys, ANY)
    assert post(server, "/box", form({"key": "k"} | made)).status == 204
    root.iam.update_access_key(UserName="alice", AccessKeyId=alice.keys.id, Status="Inactive")
    assert code(made) == "InvalidAccessKeyId"


def test_sessions_post_while_they_last(server, root, box, people):
    people.role("writer", document=allow("s3:PutObject", "arn:aws:s3:::box/*"))
    role = people.session(people.user("alice", allow("sts:AssumeRole")), f"arn:aws:iam::{ACCOUNT}:role/writer", DurationSeconds=900)
    for sign in [version2, version4]:
        assert upload(server, keys=role.keys, sign=sign).status == 204
        forged = Keys(role.keys.id, role.keys.secret, role.keys.token[:-4] + "AAAA")
        assert error(upload(server, keys=forged, sign=sign))["Code"] == "InvalidToken"
    server.advance(minutes=16)
    assert error(upload(server, keys=role.keys))["Code"] == "ExpiredToken"


def test_the_signer_is_asked_for_as_of_a_put(server, box, people):
    alice = people.user("alice")
    assert error(upload(server, keys=alice.keys))["Code"] == "AccessDenied"
    people.may("alice", allow("s3:PutObject", "arn:aws:s3:::box/*", Condition={
        "StringEquals": {"s3:authType": "POST", "s3:signatureversion": "AWS4-HMAC-SHA256"},
        "NumericLessThan": {"s3:signatureAge": "600000"}}))
    assert upload(server, keys=alice.keys).status == 204
    assert error(upload(server, keys=alice.keys, sign=version2))["Code"] == "AccessDenied"
    with refused("AccessDenied"):
        alice.s3.put_object(Bucket="box", Key="k", Body=b"")
    tagged = {"key": "k", "tagging": "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"}
    assert error(upload(server, [*ANY, ["starts-with", "$tagging", ""]], tagged, keys=alice.keys))["Code"] == "AccessDenied"


def test_anybody_posts_where_everybody_may(server, root, box):
    assert error(post(server, "/box", form({"key": "k"})))["Code"] == "AccessDenied"
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    box.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Allow", "s3:PutObject", "arn:aws:s3:::box/open/*", Principal="*")))
    assert post(server, "/box", form({"key": "open/k", "submit": "Send"}, b"free")).status == 204
    assert error(post(server, "/box", form({"key": "k"})))["Code"] == "AccessDenied"
    assert stored(box, "open/k") == b"free"


def test_browsers_are_sent_on(server, box):
    def sent_to(target, name="success_action_redirect"):
        fields = {"key": "a&b", name: target, "success_action_status": "200"}
        answer = upload(server, [*ANY, ["starts-with", "$" + name, ""], ["starts-with", "$success_action_status", ""]], fields, b"")
        return answer.status, answer.headers["Location"]

    told = "bucket=box&key=a%26b&etag=%22" + hashlib.md5(b"").hexdigest() + "%22"
    assert sent_to("https://app.example/done") == (303, "https://app.example/done?" + told)
    assert sent_to("http://app.example/?a=1#end", "redirect") == (303, f"http://app.example/?a=1&{told}#end")
    for nowhere in ["javascript:alert(1)", "https://app.example/\u00e9", "/done", "http://"]:
        assert sent_to(nowhere) == (200, f"{server.url}/box/a%26b")


def test_a_form_may_send_on_to_the_bucket_itself(server, root, box):
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    box.put_bucket_policy(Bucket="box", Policy=policy(statement("Allow", "s3:ListBucket", "arn:aws:s3:::box", Principal="*")))
    fields = {"key": "k", "success_action_redirect": f"{server.url}/box"}
    answer = upload(server, [*ANY, ["starts-with", "$success_action_redirect", ""]], fields)
    assert answer.status == 303
    there = answer.headers["Location"].removeprefix(server.url)
    listed = send(server, "GET", there)
    assert (listed.status, b"<Key>k</Key>" in listed.body) == (200, True)
    # Alone, such a parameter would ask for something.
    assert send(server, "GET", "/box?key=k").status == 501


def test_pages_of_other_origins_see_the_answer(server, box):
    box.put_bucket_cors(Bucket="box", CORSConfiguration={"CORSRules": [
        {"AllowedOrigins": ["https://app.example"], "AllowedMethods": ["POST"]}]})
    body = form(version4(ROOT_KEYS, ANY) | {"key": "k"})
    answer = post(server, "/box", body, {"Origin": "https://app.example"})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "https://app.example")


def test_what_is_no_form_is_refused_and_leaves_nothing(server, box):
    good = version4(ROOT_KEYS, ANY) | {"key": "k"}
    whole = form(good)
    malformed = {
        "no end": form(good, end=""), "half an end": form(good, end=f"--{BOUNDARY}-"), "nothing": b"", "no boundary": b"x" * 100,
        "another boundary": whole.replace(BOUNDARY.encode(), b"other"), "cut in a header": whole[:60],
        "line feeds alone": whole.replace(b"\r\n", b"\n"), "NUL in a header": whole.replace(b'name="key"', b'name="k\0ey"'),
        "no name": whole.replace(b' name="key"', b""), "two names": whole.replace(b'name="key"', b'name="key"; name="key"'),
        "another disposition": whole.replace(b"form-data; name=\"key\"", b"attachment; name=\"key\""),
        "encoded": whole.replace(b'name="file"', b'name="file"\r\nContent-Transfer-Encoding: base64'),
        "boundary goes on": form(good, b"a\r\n--" + BOUNDARY.encode() + b"more\r\nb"),
        "not UTF-8": whole.replace(b'name="key"', b'name="k\xff"'),
    }
    for name, body in malformed.items():
        assert error(post(server, "/box", body))["Code"] == "MalformedPOSTRequest", name
    for kind, code in [("multipart/form-data", "MalformedPOSTRequest"), ("multipart/form-data; boundary=", "MalformedPOSTRequest"),
                       ("multipart/form-data; boundary=" + "x" * 71, "MalformedPOSTRequest"), ("text/plain", "PreconditionFailed"),
                       ("multipart/form-data; boundary=a; boundary=b", "MalformedPOSTRequest"), ("multipart/mixed; boundary=a", "PreconditionFailed")]:
        assert error(send(server, "POST", "/box", whole, {"Content-Type": kind}))["Code"] == code, kind
    argument = {
        "no file": form(good, None), "two files": form(good, end=part("file", "b").decode() + f"--{BOUNDARY}--"),
        "key twice": form([*good.items(), ("key", "other")]), "policy twice": form([*good.items(), ("Policy", good["policy"])]),
        "no key": form(version4(ROOT_KEYS, ANY)), "value not UTF-8": form(good | {"x-ignore-a": b"\xff"}),
    }
    for name, body in argument.items():
        assert error(post(server, "/box", body))["Code"] == "InvalidArgument", name
    assert error(post(server, "/box", form([(f"x-ignore-{i}", "y" * 1000) for i in range(25)])))["Code"] == "MaxPostPreDataLengthExceeded"
    assert error(post(server, "/box", part("a" * 30_000, "b")))["Code"] == "MaxPostPreDataLengthExceeded"
    for name in ["x-amz-acl", "x-amz-expected-bucket-owner"]:
        assert error(post(server, "/box", whole, {name: "private"}))["Code"] == "NotImplemented"
    assert error(post(server, "/box", whole, {"Authorization": "AWS a:b"}))["Code"] == "InvalidArgument"
    assert error(post(server, "/missing", whole))["Code"] == "AccessDenied"
    assert keys(box) == [] and server.is_up()


def test_fields_behind_the_file_count_for_nothing(server, box):
    body = form({"key": "k"} | version4(ROOT_KEYS, ANY), end=part("key", "other").decode() + f"--{BOUNDARY}--\r\nepilogue")
    assert post(server, "/box", body).status == 204 and keys(box) == ["k"]


def test_a_form_that_breaks_off_leaves_nothing(server, box):
    body = form({"key": "k"} | version4(ROOT_KEYS, ANY), b"x" * 200_000)
    head = f"POST /box HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    with contextlib.closing(socket.create_connection((server.host, server.port))) as connection:
        connection.sendall(head.encode() + body[:100_000])
    assert error(post(server, "/box", iter([body])))["Code"] == "MissingContentLength"
    assert keys(box) == [] and server.is_up()


def test_locks_come_with_a_form(server, root):
    root.s3.create_bucket(Bucket="box", ObjectLockEnabledForBucket=True)
    until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = {"key": "k", "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": until,
              "Content-MD5": base64.b64encode(hashlib.md5(b"content").digest()).decode()}
    answer = upload(server, [{"bucket": "box"}, *(["starts-with", "$" + name, ""] for name in fields)], fields)
    assert answer.status == 204, answer.body
    assert root.s3.head_object(Bucket="box", Key="k")["ObjectLockMode"] == "GOVERNANCE"


def test_forms_under_keys_of_kms_are_as_puts(server, root, box):
    fields = {"key": "k", "x-amz-server-side-encryption": "aws:kms"}
    conditions = [*ANY, {"x-amz-server-side-encryption": "aws:kms"}]
    answer = upload(server, conditions, fields)
    assert (answer.status, answer.headers["x-amz-server-side-encryption"]) == (204, "aws:kms")
    assert error(upload(server, conditions, fields, sign=version2))["Code"] == "InvalidArgument"
