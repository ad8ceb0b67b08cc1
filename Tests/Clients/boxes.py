"""Objects in the bucket `box`, and what is told of their encryption."""

import base64
import json

BODY = bytes(range(256)) * 40
LONG = BODY * 120
KMS = {"ServerSideEncryption": "aws:kms"}


def encoded(context):
    return base64.b64encode(json.dumps(context).encode()).decode()


def object_arn(name="k"):
    return f"arn:aws:s3:::box/{name}"


def put(clients, name="k", body=BODY, **more):
    return clients.s3.put_object(Bucket="box", Key=name, Body=body, **more)


def get(clients, name="k", **more):
    return clients.s3.get_object(Bucket="box", Key=name, **more)


def read(clients, name="k", **more):
    return get(clients, name, **more)["Body"].read()


def head(clients, name="k", **more):
    return clients.s3.head_object(Bucket="box", Key=name, **more)


def told(answer):
    """What an answer says of the encryption."""
    names = ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "SSEKMSEncryptionContext", "SSECustomerAlgorithm")
    return {name: answer[name] for name in names if name in answer}


def default(clients, algorithm="aws:kms", key=None, bucket_key=None, **rule):
    """Sets the default encryption of the bucket."""
    wanted = {"SSEAlgorithm": algorithm} | ({"KMSMasterKeyID": key} if key else {})
    rule = {"ApplyServerSideEncryptionByDefault": wanted} | rule
    if bucket_key is not None:
        rule["BucketKeyEnabled"] = bucket_key
    clients.s3.put_bucket_encryption(Bucket="box", ServerSideEncryptionConfiguration={"Rules": [rule]})


def rules(clients):
    return clients.s3.get_bucket_encryption(Bucket="box")["ServerSideEncryptionConfiguration"]["Rules"]
