"""Defends that an operation which is not implemented is told by its name, by every protocol."""

import pytest

from errors import refused

ANALYZER = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/none"


@pytest.mark.parametrize("service, operation, members, code", [
    ("cloudtrail", "CreateTrail", {"Name": "trail", "S3BucketName": "box"}, "UnknownOperationException"),
    ("secretsmanager", "RotateSecret", {"SecretId": "secret"}, "UnknownOperationException"),
    ("ssm", "SendCommand", {"DocumentName": "document"}, "UnknownOperationException"),
    ("accessanalyzer", "ListAccessPreviews", {"analyzerArn": ANALYZER}, "UnknownOperationException"),
])
def test_the_operation_is_named(root, service, operation, members, code):
    client = getattr(root, service)
    with refused(code) as error:
        client._make_api_call(operation, members)
    assert error.value.response["Error"]["Message"] == f"The operation {operation} is not implemented by Gatehouse."
