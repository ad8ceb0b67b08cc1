import Authorization
import Catalogue
import PolicyGeneration
import Testing

/// Random uses, of random services: what must hold whatever they are.
struct PropertyTests {
    private static let names = [
        "a", "b", "reports", "reports/2026/q1.csv", "reports/2026/q2.csv", "*", "a*", "?", "${aws:username}", "x$",
        "${",
        "caf\u{E9}", "cafe\u{301}", "a b", "日本", "🙂/🙂", "team/a/1", "team/a/2", "team/b/1", "", "\u{301}", "a//b", "/",
        "q\"\\",
    ]

    /// An ARN of one of the action's types with a name of the list, or `*`.
    private static func resource(
        _ service: ServiceAuthorization, _ action: ServiceAuthorization.Action, _ random: inout Seeded
    ) -> String {
        guard !action.resources.isEmpty, let type = service.resourceType(random.pick(action.resources).type) else {
            return "*"
        }
        var arn = random.pick(type.arns)
        arn = arn.replacing("${Partition}", with: "aws").replacing(
            "${Region}", with: random.pick(["eu-west-1", "us-east-1"])
        )
        .replacing("${Account}", with: random.pick(["111122223333", "444455556666"]))
        while let start = arn.firstRange(of: "${"), let end = arn[start.upperBound...].firstIndex(of: "}") {
            let name = random.chance(50) ? random.pick(["n1", "n2", "n3"]) : "\u{1}"
            arn.replaceSubrange(start.lowerBound...end, with: name)
        }
        return arn.split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init).reduce { left, right in
            left + random.pick(names) + right
        }
    }

    private static func context(_ random: inout Seeded) -> [String: String] {
        var context: [String: String] = [:]
        if random.chance(80) {
            context["aws:SourceIp"] = random.pick(["203.0.113.1", "203.0.113.2", "2001:db8::1", "10.0.0.1"])
        }
        if random.chance(80) { context["aws:SecureTransport"] = random.pick(["true", "true", "false"]) }
        if random.chance(60) { context["aws:RequestedRegion"] = random.pick(["eu-west-1", "us-east-1"]) }
        if random.chance(50) { context["aws:MultiFactorAuthPresent"] = "true" }
        if random.chance(70) { context["s3:prefix"] = random.pick(names) }
        if random.chance(70) {
            context["iam:PassedToService"] = random.pick(["lambda.amazonaws.com", "ec2.amazonaws.com"])
        }
        if random.chance(70) { context["kms:ViaService"] = random.pick(["s3.eu-west-1.amazonaws.com", "${*}", "a?"]) }
        return context
    }

    @Test(arguments: 0..<40) func everythingUsedIsAllowedAndLittleElse(_ seed: UInt64) throws {
        // The promise of the module. Near misses (another bucket, name, account or action) are refused unless a declared
        // pattern stands for them.
        var random = Seeded(seed + 1)
        let services = ["s3", "iam", "kms", "lambda", "ec2", "sqs", "dynamodb", "sts", "logs", "secretsmanager"]
            .compactMap(ServiceAuthorization.find).filter { _ in random.chance(60) }
        try #require(!services.isEmpty)
        var uses: [(action: String, resource: String, context: [String: String])] = []
        for _ in 0..<random.pick([1, 5, 30, 120]) {
            let service = random.pick(services)
            let action = random.pick(random.chance(70) ? Array(service.actions.prefix(6)) : service.actions)
            uses.append(
                (service.prefix + ":" + action.name, Self.resource(service, action, &random), Self.context(&random)))
        }
        let options = GenerationOptions(
            resources: random.chance(50) ? .exact : .grouped, conditions: random.chance(50) ? .none : .suggested)
        let generated = try PolicyGenerator.generate(uses.map { use($0.action, $0.resource, $0.context) }, options)
        let judge = Judge(generated)
        for one in uses {
            #expect(judge.allows(one.action, one.resource, one.context), "seed \(seed): \(one)")
        }
        for document in generated.documents {
            #expect(PolicyQuota.count(String(decoding: document.compact, as: UTF8.self)) <= PolicyQuota.managed)
        }
        let used = Set(uses.map { $0.action + "\u{0}" + $0.resource })
        let onAll = Set(generated.actionsOnAll)
        for one in uses.prefix(40) where one.action != "sts:GetCallerIdentity" {
            let missed = Self.nearMisses(one.action, one.resource, others: uses.map(\.action))
            for (action, resource) in missed
            where !used.contains(action + "\u{0}" + resource) && !onAll.contains(action) {
                if action == "sts:GetCallerIdentity" { continue }
                let isDeclared = generated.generalisations.contains {
                    resource.utf8.starts(with: $0.pattern.dropLast().utf8)
                }
                if isDeclared { continue }
                #expect(!judge.allows(action, resource, one.context), "seed \(seed): \(action) \(resource)")
            }
        }
    }

    private static func nearMisses(_ action: String, _ resource: String, others: [String]) -> [(String, String)] {
        let siblings = ServiceAuthorization.find(String(action.prefix { $0 != ":" }))?.actions.prefix(8).map {
            action.prefix { $0 != ":" } + ":" + $0.name
        }
        let resources = [
            resource + "x", resource + "/x", String(resource.dropLast()),
            resource.replacing("111122223333", with: "999988887777"),
            resource.replacing(":::", with: ":::other-"), resource.replacing("*", with: "anything"),
            resource.replacing("?", with: "z"), resource.replacing("${aws:username}", with: "alice"),
        ].filter { $0 != resource && $0 != "*" && $0.hasPrefix("arn:") }
        return resources.map { (action, $0) } + (siblings ?? []).map { (String($0), resource) }
            + others.prefix(20).map { ($0, resource) }
    }
}

extension Sequence<String> {
    /// The elements put together from the left; empty for none.
    fileprivate func reduce(_ join: (String, String) -> String) -> String {
        var iterator = makeIterator()
        guard var result = iterator.next() else { return "" }
        while let next = iterator.next() { result = join(result, next) }
        return result
    }
}
