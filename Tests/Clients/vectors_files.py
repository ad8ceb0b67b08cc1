"""Vectors to write down."""

ALICE = {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice", "account": "111122223333"}
READ = {"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def decision(id, action, expected, by=None, **policies):
    """A vector of one identity policy that allows s3:GetObject."""
    request = {"principal": ALICE, "action": action, "resource": "arn:aws:s3:::books/1", "resourceAccount": "111122223333", "context": {}}
    empty = {"resource": None, "resourceKind": "standard", "boundary": None, "session": None, "scps": None, "rcps": None, "endpoint": None}
    return {"id": id, "source": "ours", "rule": f"the rule of {id}", "request": request,
            "policies": {"identity": [READ], **empty, **policies}, "expected": {"decision": expected, **({"by": by} if by else {})}}


def written(id, text, valid, **expected):
    """A document vector."""
    return {"id": id, "source": "ours", "rule": f"the rule of {id}", "policyType": "managed", "document": text,
            "expected": {"valid": valid, **expected}}
