"""What a refusal must look like."""

import contextlib

import pytest
from botocore.exceptions import ClientError

STATUS = {
    "AccessDenied": 403, "NoSuchEntity": 404, "EntityAlreadyExists": 409, "DeleteConflict": 409, "LimitExceeded": 409,
    "MalformedPolicyDocument": 400, "ValidationError": 400, "InvalidInput": 400, "InvalidAction": 400,
    "InvalidClientTokenId": 403, "SignatureDoesNotMatch": 403, "ExpiredToken": 403,
}


@contextlib.contextmanager
def refused(code, message=None, status=None):
    """The call inside must be refused with that code, with its status, and with `message` somewhere in the text."""
    with pytest.raises(ClientError) as caught:
        yield caught
    answer = caught.value.response
    assert answer["Error"]["Code"] == code, answer["Error"]
    expected = status or STATUS.get(code)
    assert expected in (None, answer["ResponseMetadata"]["HTTPStatusCode"]), answer
    assert message is None or message in answer["Error"]["Message"], answer["Error"]["Message"]
