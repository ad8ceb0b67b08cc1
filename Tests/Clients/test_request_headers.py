"""Defends what S3 says of headers: bodies that have to come with a digest, encryption where nothing is encrypted, and words it
does not know."""

import pytest

from errors import refused
from people import allow

DIGESTS = ("content-md5", "x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm")
TAGS = {"TagSet": [{"Key": "a", "Value": "b"}]}
MISSING = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box", ObjectLockEnabledForBucket=True)
    root.s3.put_object(Bucket="box", Key="k", Body=b"text")
    return root.s3


@pytest.fixture
def bare(box, root):
    """A client that leaves the digests out of its requests."""
    client = root.make("s3")

    def strip(request, **_):
        for name in list(request.headers):
            if name.lower() in DIGESTS:
                del request.headers[name]

    client.meta.events.register("before-sign.s3", strip)
    return client


# What each operation that wants a digest by its model is called with.
WANTED = {
    "delete_objects": {"Delete": {"Objects": [{"Key": "k"}]}},
    "put_bucket_cors": {"CORSConfiguration": {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}},
    "put_bucket_lifecycle_configuration": {"LifecycleConfiguration": {"Rules": [
        {"Filter": {"Prefix": ""}, "Status": "Enabled", "Expiration": {"Days": 1}}]}},
    "put_bucket_replication": {"ReplicationConfiguration": {"Role": "arn:aws:iam::123456789012:role/r", "Rules": [
        {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": "arn:aws:s3:::other"}}]}},
    "put_bucket_tagging": {"Tagging": TAGS},
    "put_object_legal_hold": {"Key": "k", "LegalHold": {"Status": "ON"}},
    "put_object_lock_configuration": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
    "put_object_retention": {"Key": "k", "Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": "2099-01-01"}},
}
# S3 takes these without.
TAKEN = {
    "put_bucket_encryption": {"ServerSideEncryptionConfiguration": {"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}},
    "put_bucket_ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
    "put_bucket_versioning": {"VersioningConfiguration": {"Status": "Enabled"}},
    "put_object_tagging": {"Key": "k", "Tagging": TAGS},
    "put_public_access_block": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
    "put_bucket_logging": {"BucketLoggingStatus": {}},
    "put_bucket_policy": {"Policy": allow("s3:GetObject", "arn:aws:s3:::box/*", Principal={"AWS": "123456789012"})},
    "put_bucket_request_payment": {"RequestPaymentConfiguration": {"Payer": "BucketOwner"}},
    "put_bucket_website": {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "i"}}},
}


def test_bodies_that_must_not_be_damaged_have_to_come_with_a_digest(box, bare):
    for name, members in WANTED.items():
        with refused("InvalidRequest", MISSING, status=400):
            getattr(bare, name)(Bucket="box", **members)
    assert box.get_object(Bucket="box", Key="k")["Body"].read() == b"text"
    for name in ("put_bucket_tagging", "put_bucket_cors", "put_object_legal_hold"):
        getattr(box, name)(Bucket="box", **WANTED[name])
    for name, members in TAKEN.items():
        getattr(bare, name)(Bucket="box", **members)


def test_each_operation_that_wants_a_digest_by_its_model_is_tried(box):
    model = box.meta.service_model
    wanting = {name for name in model.operation_names
               if (model.operation_model(name).http_checksum or {}).get("requestChecksumRequired")}
    tried = {box.meta.method_to_api_mapping[name] for name in WANTED | TAKEN}
    # Lists may come in the header, without a body; the others are older names, or not offered.
    rest = {"PutBucketAcl", "PutObjectAcl", "PutBucketLifecycle", "PutBucketNotification", "UpdateObjectEncryption"}
    assert {name for name in wanting if "BucketMetadata" not in name} == tried | rest


def test_headers_of_encryption_are_refused_where_nothing_is_encrypted(root, box):
    for name, value in {"x-amz-server-side-encryption": "AES256", "x-amz-server-side-encryption-aws-kms-key-id": "a"}.items():
        client = root.make("s3")

        def declare(params, **_):
            params["headers"][name] = value

        for operation in ("GetObject", "UploadPart", "ListObjectsV2", "HeadObject"):
            client.meta.events.register(f"before-call.s3.{operation}", declare)
        calls = [lambda: client.get_object(Bucket="box", Key="k"), lambda: client.list_objects_v2(Bucket="box"),
                 lambda: client.upload_part(Bucket="box", Key="k", UploadId="u", PartNumber=1, Body=b"")]
        for call in calls:
            with refused("InvalidArgument", f"{name} header is not supported for this operation.", status=400) as caught:
                call()
            assert caught.value.response["Error"]["ArgumentValue"] == value
        with refused("400", status=400):
            client.head_object(Bucket="box", Key="k")


def test_unknown_words_have_errors_of_their_own(box):
    for call in (box.put_object, box.create_multipart_upload):
        with refused("InvalidStorageClass", "The storage class you specified is not valid", status=400) as caught:
            call(Bucket="box", Key="n", StorageClass="FASTEST")
        assert caught.value.response["Error"]["StorageClassRequested"] == "FASTEST"
    with refused("InvalidRequest", "Invalid TransitionDefaultMinimumObjectSize found: small", status=400):
        box.put_bucket_lifecycle_configuration(
            Bucket="box", TransitionDefaultMinimumObjectSize="small", **WANTED["put_bucket_lifecycle_configuration"])
    with refused("MalformedXML", status=400):
        box.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Perhaps"})
