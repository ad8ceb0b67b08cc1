"""The policy engine beside Cedar: the same rules and questions in each one's own language, in one run."""

import json
import statistics
import time

ACCOUNT = "123456789012"
VERBS = ["Get", "Put", "List", "Delete", "Describe", "Create", "Update", "Tag", "Start", "Stop"]
KINDS = ["Object", "Table", "Queue", "Topic", "Key", "Secret", "Stream", "Rule", "Image", "Cluster"]


def statement(policy, number, with_condition):
    """One statement: actions of a service of its own, on resources of its own, as a team's policies are."""
    service = f"service{policy}"
    actions = [f"{service}:{VERBS[number]}{kind}" for kind in KINDS[:3]]
    found = {
        "Sid": f"S{number}", "Effect": "Allow", "Action": actions,
        "Resource": f"arn:aws:{service}:us-east-1:{ACCOUNT}:{KINDS[number].lower()}/team-{policy}/*",
    }
    if with_condition:
        found["Condition"] = {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}
    return found


def document(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def typical():
    """Three policies, ten statements, four conditions: what a person in a team has."""
    return [document([statement(p, n, n == 0 or (p == 2 and n == 1)) for n in range(4 if p == 2 else 3)])
            for p in range(3)]


def many(count):
    return [document([statement(p, n, n % 3 == 0) for n in range(10)]) for p in range(count)]


def one_action(count):
    """Every statement allows the same action, each on a bucket of its own."""
    return [document([{
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::bucket-{p}-{n}/*",
    } for n in range(10)]) for p in range(count)]


def questions(policies):
    last = policies - 1
    service = f"service{last}"
    context = {"aws:RequestedRegion": "us-east-1", "aws:SourceIp": "203.0.113.7", "aws:SecureTransport": "true"}
    allowed = f"arn:aws:{service}:us-east-1:{ACCOUNT}:object/team-{last}/a"
    return [
        (f"{service}:GetTable", allowed, "allowed", context),
        (f"{service}:GetTable", allowed.replace("team-", "other-"), "implicitDeny", context),
        ("service0:PutQueue", f"arn:aws:service0:us-east-1:{ACCOUNT}:table/team-0/b", "allowed", context),
    ]


def one_action_questions(policies):
    middle = policies // 2
    return [("s3:GetObject", f"arn:aws:s3:::bucket-{middle}-7/a", "allowed", {}),
            ("s3:GetObject", "arn:aws:s3:::bucket-none/a", "implicitDeny", {})]


def cedar_policy(policies):
    """The same statements in Cedar, in its own form: actions in the head, the rest as conditions."""
    rules = []
    for text in policies:
        for one in json.loads(text)["Statement"]:
            actions = one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
            head = ", ".join(f'Action::"{action}"' for action in actions)
            tests = [f'resource.arn like "{one["Resource"]}"']
            for values in one.get("Condition", {}).values():
                for key, wanted in values.items():
                    names = ", ".join(f'"{value}"' for value in wanted)
                    tests.append(f'[{names}].contains(context["{key}"])')
            rules.append(f'permit(principal == User::"alice", action in [{head}], resource) '
                         f'when {{ {" && ".join(tests)} }};')
    return "\n".join(rules)


def cedar_nanoseconds(cedarpy, policies, asked, seconds):
    """Cedar's own time for the decision, parsing of policies and request left out: the least of many of each question,
    averaged. That is kinder than the median which is taken of our side."""
    rules = cedarpy.PolicySet.from_str(cedar_policy(policies))
    least = []
    for action, resource, outcome, context in asked:
        entities = cedarpy.Entities.from_json_str(json.dumps([
            {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": []},
            {"uid": {"type": "Resource", "id": "r"}, "attrs": {"arn": resource}, "parents": []},
        ]))
        request = {"principal": 'User::"alice"', "action": f'Action::"{action}"', "resource": 'Resource::"r"',
                   "context": context}
        times = []
        end = time.monotonic() + seconds / len(asked)
        while time.monotonic() < end or len(times) < 20:
            answer = cedarpy.is_authorized(request, rules, entities)
            assert answer.allowed == (outcome == "allowed"), (action, resource, answer.diagnostics.errors)
            times.append(answer.metrics["authz_duration_micros"] * 1000)
        least.append(min(times))
    return statistics.mean(least)
