"""Signed reads against the bare edge, and the bare edge against nginx."""

from statistics import median

from .load import Load
from .servers import Edge, Nginx, trust

CONNECTIONS = 64


def measure(workshop, house, scale, figures):
    loads, edges, answers = {}, {}, {}
    account = house.account()
    house.call("iam", "CreateRole", RoleName="bench", AssumeRolePolicyDocument=trust(account))
    for name, service, action, parameters in [
        ("GetCallerIdentity", "sts", "GetCallerIdentity", {}), ("GetUser", "iam", "GetUser", {"UserName": "bench"}),
        ("AssumeRole", "sts", "AssumeRole", {"RoleArn": f"arn:aws:iam::{account}:role/bench", "RoleSessionName": "bench"}),
    ]:
        body = house.form(service, action, **parameters)
        headers = house.signer(service).headers("POST", "/", body)
        answers[name] = house.send("POST", "/", headers, body)
        loads[name] = Load.fixed(workshop, "POST", "/", headers, body)
        edges[name] = Edge(workshop, f"{name}.answer", *answers[name])
    nginx = Nginx(workshop, *answers["GetCallerIdentity"])

    rows = {name: [] for name in loads}
    web = []
    for _ in range(scale.rounds):
        for name, load in loads.items():
            bare = _costed(load, edges[name].process, edges[name].url, scale.seconds)
            whole = _costed(load, house.process, house.url, scale.seconds)
            rows[name].append((bare, whole))
        nginx_rate = loads["GetCallerIdentity"].run(nginx.url, CONNECTIONS, scale.seconds).rate
        web.append((rows["GetCallerIdentity"][-1][0][0], nginx_rate))
    results = {"edge-of-nginx": median(edge / other for edge, other in web)}
    figures["nginx requests/s"] = [round(other) for _, other in web]
    for name, pairs in rows.items():
        results[f"{name}-of-edge"] = median(whole[0] / bare[0] for bare, whole in pairs)
        results[f"{name}-cpu-of-edge"] = median(whole[1] / bare[1] for bare, whole in pairs)
        for index, who in enumerate(("edge", "gatehouse")):
            figures[f"{name} requests/s, {who}"] = [round(pair[index][0]) for pair in pairs]
            figures[f"{name} CPU µs/request, {who}"] = [round(pair[index][1] * 1e6, 2) for pair in pairs]
    for edge in edges.values():
        edge.process.stop()
    return results, nginx


def _costed(load, process, url, seconds):
    """Requests a second, and seconds of the server's processor for each."""
    before = process.cpu
    outcome = load.run(url, CONNECTIONS, seconds)
    return outcome.rate, (process.cpu - before) / outcome.requests
