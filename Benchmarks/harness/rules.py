"""Policies to be measured, each set with questions: (action, resource, expected outcome, context)."""

import json

ACCOUNT = "123456789012"
VERBS = ["Get", "Put", "List", "Delete", "Describe", "Create", "Update", "Tag", "Start", "Stop"]
KINDS = ["Object", "Table", "Queue", "Topic", "Key", "Secret", "Stream", "Rule", "Image", "Cluster"]
CONTEXT = {"aws:RequestedRegion": "us-east-1", "aws:SourceIp": "203.0.113.7", "aws:SecureTransport": "true"}
LARGEST = 6144


def document(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def allow(actions, resources, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def _team_statement(policy, number, with_condition):
    """Actions of a service of its own, on resources of its own, as a team's policies are."""
    service = f"service{policy}"
    found = allow([f"{service}:{VERBS[number]}{kind}" for kind in KINDS[:3]],
                  f"arn:aws:{service}:us-east-1:{ACCOUNT}:{KINDS[number].lower()}/team-{policy}/*", Sid=f"S{number}")
    if with_condition:
        found["Condition"] = {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}
    return found


def _team_questions(policies):
    last = policies - 1
    service = f"service{last}"
    allowed = f"arn:aws:{service}:us-east-1:{ACCOUNT}:object/team-{last}/a"
    return [
        (f"{service}:GetTable", allowed, "allowed", CONTEXT),
        (f"{service}:GetTable", allowed.replace("team-", "other-"), "implicitDeny", CONTEXT),
        ("service0:GetQueue", f"arn:aws:service0:us-east-1:{ACCOUNT}:object/team-0/b", "allowed", CONTEXT),
    ]


def three_rules():
    """Three policies of one statement each: the least there can be."""
    return [document([_team_statement(p, 0, p == 0)]) for p in range(3)], _team_questions(3)


def typical():
    """Three policies, ten statements, four conditions: what a person in a team has."""
    texts = [document([_team_statement(p, n, n == 0 or (p == 2 and n == 1)) for n in range(4 if p == 2 else 3)])
             for p in range(3)]
    return texts, _team_questions(3)


def many(count):
    """Ten statements a policy, each of a service of its own."""
    return [document([_team_statement(p, n, n % 3 == 0) for n in range(10)]) for p in range(count)], _team_questions(count)


def one_action(count):
    """Every statement allows the same action, each on a bucket of its own."""
    texts = [document([allow("s3:GetObject", f"arn:aws:s3:::bucket-{p}-{n}/*") for n in range(10)]) for p in range(count)]
    return texts, [("s3:GetObject", f"arn:aws:s3:::bucket-{count // 2}-7/a", "allowed", {}),
                   ("s3:GetObject", "arn:aws:s3:::bucket-none/a", "implicitDeny", {})]


def wildcards(count):
    """Every statement begins with a wildcard: its action, its resource, or both in a list with others."""
    shapes = [
        lambda p, n: allow("*:Get*", f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue-{p}-{n}"),
        lambda p, n: allow("s3:*", f"arn:aws:s3:::bucket-{p}-{n}/*"),
        lambda p, n: allow(f"service{p}:*", "*"),
        lambda p, n: allow(f"*:Put{p}", "*"),
        lambda p, n: allow("*", f"arn:aws:sns:*:{ACCOUNT}:topic-{p}-{n}-*"),
    ]
    texts = [document([shapes[n % len(shapes)](p, n) for n in range(10)]) for p in range(count)]
    middle = count // 2
    return texts, [
        ("s3:GetObject", f"arn:aws:s3:::bucket-{middle}-1/a", "allowed", {}),
        ("sqs:GetQueueAttributes", f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue-{middle}-5", "allowed", {}),
        (f"service{middle}:Describe", "*", "allowed", {}),
        ("dynamodb:Scan", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t", "implicitDeny", {}),
    ]


def unmatched(statements):
    """So many statements, in policies of ten, of which none matches: by the action, or by the resource alone."""
    policies = max(1, statements // 10)
    texts = many(policies)[0]
    other = [("s3:GetObject", "arn:aws:s3:::bucket-none/a", "implicitDeny", CONTEXT)]
    return (texts, [("other:GetTable", f"arn:aws:other:us-east-1:{ACCOUNT}:object/team-0/a", "implicitDeny", CONTEXT)]), \
        (one_action(policies)[0], other)


def hostile():
    """Policies of the greatest length full of wildcards, against long texts that almost match: a list of
    (name, policies, questions, steps), where steps are the pattern's length times the text's."""
    long = "a" * 2000
    resource = f"arn:aws:s3:::{long}"
    texts = {"aws:UserAgent": "a" * 4000, "aws:Referer": f"arn:aws:s3:us-east-1:{ACCOUNT}:{long}"}

    def filled(make):
        """The longest list of entries, each made by `make` from a number, that fits a policy."""
        number = 1
        while len(document([make(number + 1)])) <= LARGEST:
            number += 1
        return document([make(number)])

    stars = lambda number: "*a" * number + "*b"  # noqa: E731
    found = []

    def case(name, make, text):
        policy = filled(make)
        found.append((name, [policy], [("s3:GetObject", resource, "implicitDeny", texts)], len(policy) * text))

    case("actions", lambda n: allow(["s3:" + "*e" * 20 + "*b"] * n, "*"), len("getobject"))
    case("one resource", lambda n: allow("*", "arn:aws:s3:::" + stars(n)), len(resource))
    case("many resources", lambda n: allow("*", ["arn:aws:s3:::" + stars(20)] * n), len(resource))
    case("StringLike", lambda n: allow("*", "*", Condition={"StringLike": {"aws:UserAgent": stars(n)}}), 4000)
    case("ArnLike", lambda n: allow("*", "*", Condition={"ArnLike": {"aws:Referer": ["arn:*:*:*:*:" + stars(20)] * n}}),
         len(texts["aws:Referer"]))
    case("IpAddress", lambda n: allow("*", "*", Condition={"IpAddress": {"aws:UserAgent": ["10.0.0.0/8"] * n}}), 4000)
    case("variables", lambda n: allow("*", "*", Condition={
        "StringLike": {"aws:Referer": "*${aws:UserAgent}" * n + "*b"}}), len(texts["aws:Referer"]))
    case("short variables", lambda n: allow("*", "arn:aws:s3:::" + "*${aws:z, 'a'}" * n + "*b"), len(resource))
    return found


def longest():
    """Documents of the greatest length, of several kinds, for the time to read them."""

    def filled(make):
        statements = []
        while len(document(statements + [make(len(statements))])) <= LARGEST:
            statements.append(make(len(statements)))
        return document(statements)

    region = {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}
    return {
        "usual": filled(lambda n: allow(
            ["s3:GetObject", "s3:PutObject", "dynamodb:GetItem"],
            [f"arn:aws:s3:::bucket-{n}/*", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t-{n}"],
            Sid=f"S{n}", Condition=region)),
        "small statements": filled(lambda n: allow(f"s3:Get{n}", "*")),
        "actions": filled(lambda n: allow([f"s3:G{n}{m}*" for m in range(60)], "*")),
        "resources": filled(lambda n: allow("s3:*", [f"arn:aws:s3:::b{n}{m}/*" for m in range(40)])),
        "conditions": filled(lambda n: allow("s3:*", "*", Condition={
            "StringLike": {"aws:PrincipalTag/team": [f"t{n}{m}*" for m in range(30)]},
            "IpAddress": {"aws:SourceIp": [f"10.{n}.{m}.0/24" for m in range(30)]}})),
        "crossed lists": filled(lambda n: allow([f"s{m}:*" for m in range(9)], [f"a{m}*" for m in range(9)])),
    }
