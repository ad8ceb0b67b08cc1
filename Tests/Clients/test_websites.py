"""Defends buckets as websites: what visitors are shown and sent to, and that they see nothing that is not public."""

import pytest

from errors import refused
from people import allow, policy, statement
from server import ROOT_KEYS
from signed import send
from test_bucket_access import OPEN

INDEX = {"IndexDocument": {"Suffix": "index.html"}}


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    for key in ["index.html", "docs/index.html", "page", "error.html", "private/page"]:
        root.s3.put_object(Bucket="box", Key=key, Body=f"this is {key}", ContentType="text/html")
    root.s3.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*", Principal="*"),
        statement("Deny", "s3:GetObject", "arn:aws:s3:::box/private/*", Principal="*")))
    return root.s3


def host(*rules, error=None, **more):
    return INDEX | ({"ErrorDocument": {"Key": error}} if error else {}) | ({"RoutingRules": list(rules)} if rules else {}) | more


def put(s3, configuration):
    return s3.put_bucket_website(Bucket="box", WebsiteConfiguration=configuration)


def visit(server, target="/", method="GET", site="box.s3-website-us-east-1.localhost", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return send(server, method, target, headers={"Host": f"{site}:{server.port}"} | names)


def sent_to(server, target, **more):
    answer = visit(server, target, **more)
    return answer.status, answer.headers["Location"]


def may_list(s3):
    s3.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*", Principal="*"),
        statement("Allow", "s3:ListBucket", "arn:aws:s3:::box", Principal="*")))


def test_a_configuration_is_kept_as_it_was_given_and_deleted(box):
    with refused("NoSuchWebsiteConfiguration", status=404):
        box.get_bucket_website(Bucket="box")
    rule = {"Condition": {"KeyPrefixEquals": "old/", "HttpErrorCodeReturnedEquals": "404"},
            "Redirect": {"HostName": "example.com", "HttpRedirectCode": "302", "Protocol": "https", "ReplaceKeyPrefixWith": "new/"}}
    for given in [host(rule, {"Redirect": {"ReplaceKeyWith": "page"}}, error="error.html"), INDEX,
                  {"RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "http"}}]:
        put(box, given)
        kept = box.get_bucket_website(Bucket="box")
        assert {name: kept[name] for name in kept if name != "ResponseMetadata"} == given
    for _ in range(2):
        assert box.delete_bucket_website(Bucket="box")["ResponseMetadata"]["HTTPStatusCode"] == 204
    with refused("NoSuchWebsiteConfiguration", status=404):
        box.get_bucket_website(Bucket="box")


def test_what_is_no_configuration_is_refused(box):
    def redirect(condition=None, **members):
        return host({"Redirect": members} | ({} if condition is None else {"Condition": condition}))

    for code, message, given in [
            ("InvalidArgument", "A value for IndexDocument Suffix", {}), ("InvalidArgument", "not well formed", {"IndexDocument": {"Suffix": "a/b"}}),
            ("InvalidArgument", "not well formed", {"IndexDocument": {"Suffix": ""}}), ("MalformedXML", None, host(error=None, ErrorDocument={"Key": ""})),
            ("InvalidArgument", "in conjunction", INDEX | {"RedirectAllRequestsTo": {"HostName": "a"}}),
            ("InvalidRequest", "A host name", {"RedirectAllRequestsTo": {"HostName": ""}}), ("MalformedXML", None, {"RedirectAllRequestsTo": {}}),
            ("MalformedXML", None, {"RedirectAllRequestsTo": {"HostName": "a", "Protocol": "ftp"}}),
            ("InvalidRequest", "51 routing rules", host(*[{"Redirect": {"HostName": "a"}}] * 51)), ("MalformedXML", None, redirect()),
            ("InvalidRequest", "Condition cannot be empty", redirect({}, HostName="a")), ("InvalidRequest", "(200)", redirect({"HttpErrorCodeReturnedEquals": "200"}, HostName="a")),
            ("InvalidRequest", "(300)", redirect(HttpRedirectCode="300")), ("MalformedXML", "a number", redirect(HttpRedirectCode="abc")),
            ("InvalidRequest", "not both", redirect(ReplaceKeyWith="a", ReplaceKeyPrefixWith="b")), ("InvalidRequest", "blank", redirect(HostName="")),
            ("InvalidRequest", "no host name has", redirect(HostName="a b"))]:
        with refused(code, message, status=400):
            put(box, given)


def test_each_operation_needs_its_permission(box, people):
    alice = people.user("alice", allow("s3:GetBucketWebsite", "arn:aws:s3:::box"))
    with refused("NoSuchWebsiteConfiguration", status=404):
        alice.s3.get_bucket_website(Bucket="box")
    with refused("AccessDenied"):
        put(alice.s3, INDEX)
    with refused("AccessDenied"):
        alice.s3.delete_bucket_website(Bucket="box")


def test_pages_and_folders_are_shown(server, box):
    put(box, INDEX)
    for site in ["box.s3-website-us-east-1.localhost", "BOX.s3-website.us-east-1.localhost", "box.s3-website-us-east-1.amazonaws.com"]:
        assert visit(server, site=site).body == b"this is index.html"
    answer = visit(server, "/page?a=b")
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"this is page", "text/html")
    assert visit(server, "/docs/").body == b"this is docs/index.html"
    assert sent_to(server, "/docs?a=b") == (302, "/docs/?a=b")
    assert visit(server, "/page", Range="bytes=0-3").status == 206
    tag = answer.headers["ETag"]
    assert visit(server, "/page", If_None_Match=tag).status == 304
    head = visit(server, "/page", method="HEAD")
    assert (head.status, head.headers["Content-Length"], head.body) == (200, "12", b"")
    assert "Content-Security-Policy" not in visit(server, "/page", Accept="text/html").headers


def test_errors_are_pages(server, root, box):
    put(box, INDEX)
    answer = visit(server, "/no<b>&'page")
    assert (answer.status, answer.headers["x-amz-error-code"]) == (403, "AccessDenied")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8" and "<li>Code: AccessDenied</li>" in answer.text
    may_list(box)
    answer = visit(server, "/no%3Cb%3Epage")
    assert (answer.status, answer.headers["x-amz-error-code"]) == (404, "NoSuchKey")
    assert "<li>Key: no&lt;b&gt;page</li>" in answer.text and "<b>" not in answer.text
    assert visit(server, "/missing", method="HEAD").body == b""
    assert visit(server, "/%ff").status == 400
    for method in ["PUT", "POST", "DELETE"]:
        assert visit(server, "/page", method=method).status == 405
    assert visit(server, site="other.s3-website-us-east-1.localhost").headers["x-amz-error-code"] == "NoSuchBucket"
    assert visit(server, site="box.s3-website-eu-west-1.localhost").headers["x-amz-error-code"] == "IncorrectEndpoint"
    assert sent_to(server, "/", site="s3-website-us-east-1.localhost") == (301, "https://aws.amazon.com/s3/")
    box.delete_bucket_website(Bucket="box")
    assert visit(server).headers["x-amz-error-code"] == "NoSuchWebsiteConfiguration"


def test_the_error_document_is_shown_with_the_status_of_the_error(server, box):
    put(box, host(error="error.html"))
    answer = visit(server, "/private/page")
    assert (answer.status, answer.body, answer.headers["x-amz-error-code"]) == (403, b"this is error.html", "AccessDenied")
    put(box, host(error="private/page"))
    answer = visit(server, "/missing")
    assert answer.status == 403 and answer.text.count("<li>Code: AccessDenied</li>") == 2 and "this is" not in answer.text


def test_nothing_is_shown_that_is_not_public(server, box):
    put(box, host())
    assert visit(server, "/private/page").status == 403
    box.put_object(Bucket="box", Key="private/index.html", Body=b"secret")
    assert visit(server, "/private").status == 403 and visit(server, "/private/").status == 403
    signed_by_root = {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}
    assert visit(server, "/private/page", **signed_by_root).status == 403
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN | {"RestrictPublicBuckets": True})
    assert visit(server).status == 403
    assert visit(server, "/page?policy").status == 403


def test_rules_send_visitors_on(server, box):
    put(box, host(
        {"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}},
        {"Condition": {"KeyPrefixEquals": "gone/"}, "Redirect": {"ReplaceKeyWith": "page", "HttpRedirectCode": "307"}},
        {"Condition": {"KeyPrefixEquals": "far/"}, "Redirect": {"HostName": "example.com", "Protocol": "https"}},
        {"Condition": {"KeyPrefixEquals": "private/", "HttpErrorCodeReturnedEquals": "403"}, "Redirect": {"ReplaceKeyWith": "sign-in"}},
        {"Condition": {"HttpErrorCodeReturnedEquals": "404"}, "Redirect": {"HostName": "example.com", "ReplaceKeyPrefixWith": "report-404/"}},
        error="error.html"))
    here = f"http://box.s3-website-us-east-1.localhost:{server.port}/"
    assert sent_to(server, "/old/a%20b?c=d") == (301, here + "new/a%20b?c=d")
    assert sent_to(server, "/gone/x") == (307, here + "page")
    assert sent_to(server, "/far/x", method="HEAD") == (301, "https://example.com/far/x")
    assert sent_to(server, "/private/page") == (301, here + "sign-in")
    assert visit(server, "/missing").body == b"this is error.html"
    may_list(box)
    assert sent_to(server, "/missing") == (301, "http://example.com/report-404/missing")
    assert visit(server, "/page").body == b"this is page"


def test_all_visitors_are_sent_elsewhere(server, box):
    put(box, {"RedirectAllRequestsTo": {"HostName": "example.com"}})
    assert sent_to(server, "/a/b?c=d") == (301, "http://example.com/a/b?c=d")
    put(box, {"RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "https"}})
    assert sent_to(server, "/private/page") == (301, "https://example.com/private/page")


def test_objects_send_their_visitors_on(server, box, people):
    put(box, INDEX)
    box.put_object(Bucket="box", Key="moved", Body=b"old", WebsiteRedirectLocation="/page")
    assert sent_to(server, "/moved") == (301, "/page") == sent_to(server, "/moved", method="HEAD")
    read = box.get_object(Bucket="box", Key="moved")
    assert (read["WebsiteRedirectLocation"], read["Body"].read()) == ("/page", b"old")
    assert box.head_object(Bucket="box", Key="moved")["WebsiteRedirectLocation"] == "/page"
    box.copy_object(Bucket="box", Key="copy", CopySource="box/moved")
    assert "WebsiteRedirectLocation" not in box.head_object(Bucket="box", Key="copy")
    box.copy_object(Bucket="box", Key="copy", CopySource="box/copy", WebsiteRedirectLocation="https://example.com/")
    assert box.head_object(Bucket="box", Key="copy")["WebsiteRedirectLocation"] == "https://example.com/"
    upload = {"Bucket": "box", "Key": "parts", "UploadId": box.create_multipart_upload(Bucket="box", Key="parts", WebsiteRedirectLocation="/x")["UploadId"]}
    tag = box.upload_part(**upload, PartNumber=1, Body=b"a")["ETag"]
    box.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})
    assert sent_to(server, "/parts") == (301, "/x")
    for wrong in ["page", "ftp://a", "/" + "a" * 2048]:
        with refused("InvalidRedirectLocation", status=400):
            box.put_object(Bucket="box", Key="moved", WebsiteRedirectLocation=wrong)
    alice = people.user("alice", allow("s3:PutObject", "arn:aws:s3:::box/*", Condition={"StringEquals": {"s3:x-amz-website-redirect-location": "/ok"}}))
    alice.s3.put_object(Bucket="box", Key="moved", WebsiteRedirectLocation="/ok")
    with refused("AccessDenied"):
        alice.s3.put_object(Bucket="box", Key="moved", WebsiteRedirectLocation="/bad")
    alice.s3.create_multipart_upload(Bucket="box", Key="m", WebsiteRedirectLocation="/ok")


def test_an_object_that_is_not_shown_hides_the_folder_of_its_name(server, box):
    put(box, INDEX)
    for key in ("both", "both/index.html", "folder/index.html"):
        box.put_object(Bucket="box", Key=key, Body=b"x")
    box.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*/index.html", Principal="*")))
    assert visit(server, "/both").status == visit(server, "/both", method="HEAD").status == visit(server, "/none").status == 403
    assert visit(server, "/both/").status == 200
    assert sent_to(server, "/folder") == (302, "/folder/")
    box.delete_object(Bucket="box", Key="both")
    assert sent_to(server, "/both") == (302, "/both/")


def test_a_path_that_begins_with_two_slashes_is_no_other_host(server, box):
    put(box, INDEX)
    box.put_object(Bucket="box", Key="/example.com/index.html", Body=b"x")
    assert sent_to(server, "//example.com") == (302, "/%2Fexample.com/")


def test_visitors_from_other_origins_are_told_the_rules(server, box):
    put(box, INDEX)
    box.put_bucket_cors(Bucket="box", CORSConfiguration={"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]})
    assert visit(server, "/page", Origin="https://a.example").headers["Access-Control-Allow-Origin"] == "*"
