"""Cedar, through cedarpy: the same rules as a policy of ours has, in Cedar's own form."""

import json
import time


class Cedar:
    """Policies and entities are parsed beforehand. `least` is Cedar's own time, which cedarpy takes around nothing but
    the call of the authorizer; parsing, the making of the request and Python are left out."""

    def __init__(self, policies, asked):
        import cedarpy
        self._cedarpy = cedarpy
        self._rules = cedarpy.PolicySet.from_str(translate(policies))
        self._asked = [(self._request(*one), self._entities(one), one[2] == "allowed") for one in asked]

    @staticmethod
    def _request(action, resource, _, context):
        if not action.isascii():
            raise ValueError("actions are ASCII here")
        return {"principal": 'User::"alice"', "action": f'Action::"{action}"', "resource": 'Resource::"r"',
                "context": {**context, "action": action}}

    def _entities(self, one):
        return self._cedarpy.Entities.from_json_str(json.dumps([
            {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": []},
            {"uid": {"type": "Resource", "id": "r"}, "attrs": {"arn": one[1]}, "parents": []},
        ]))

    def least(self, seconds):
        """Nanoseconds: the least of many of each question, averaged. That is kinder than the median taken of us."""
        least = []
        for request, entities, expected in self._asked:
            times = []
            end = time.monotonic() + seconds / len(self._asked)
            while time.monotonic() < end or len(times) < 5:
                answer = self._cedarpy.is_authorized(request, self._rules, entities)
                if answer.allowed != expected or answer.diagnostics.errors:
                    raise AssertionError(f"Cedar says {answer.allowed}: {request}, {answer.diagnostics.errors}")
                times.append(answer.metrics["authz_duration_micros"])
            least.append(min(times))
        return 1000 * sum(least) / len(least)


def translate(policies):
    """Actions without wildcards stand in the head, where Cedar looks first; all else in the condition."""
    rules = []
    for text in policies:
        for one in json.loads(text)["Statement"]:
            actions = one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
            tests = []
            if any("*" in action for action in actions):
                head = "action"
                if "*" not in actions:
                    tests.append("(" + " || ".join(f'context.action like "{action}"' for action in actions) + ")")
            else:
                head = "action in [" + ", ".join(f'Action::"{action}"' for action in actions) + "]"
            if one["Resource"] != "*":
                tests.append(f'resource.arn like "{one["Resource"]}"')
            for values in one.get("Condition", {}).values():
                for key, wanted in values.items():
                    names = ", ".join(f'"{value}"' for value in wanted)
                    tests.append(f'[{names}].contains(context["{key}"])')
            condition = f" when {{ {' && '.join(tests)} }}" if tests else ""
            rules.append(f'permit(principal == User::"alice", {head}, resource){condition};')
    return "\n".join(rules)
