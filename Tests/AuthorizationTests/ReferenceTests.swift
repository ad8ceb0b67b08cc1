import AWS
import Authorization
import Formats
import Testing

struct ReferenceTests {
    @Test(arguments: 0..<8)
    func agreesWithTheSlowReading(_ seed: Int) throws {
        // The compiled evaluator against the specification read naively, on random policies of every layer.
        var scene = RandomScene(seed: UInt64(seed) + 11)
        var outcomes: [Decision.Outcome: Int] = [:]
        for round in 0..<500 {
            let (question, policies, context) = scene.next()
            let expected = NaiveEvaluator(question: question, policies: policies, context: context).outcome()
            let decision = decide(question, under: policies, in: context)
            outcomes[expected, default: 0] += 1
            if decision.outcome != expected {
                Issue.record("seed \(seed), round \(round): \(decision), expected \(expected)")
            }
            if decision.outcome == .explicitDeny {
                let explanation = explain(question, under: policies, in: context)
                #expect(
                    explanation.matched.contains {
                        $0.isDeny && $0.layer == decision.layer && $0.index == decision.statement
                    })
            }
        }
        #expect(outcomes.count == 3)
    }
}

/// Makes small worlds in which policies often meet the question.
struct RandomScene {
    private var random: Random
    private let own = "111122223333"
    private let other = "444455556666"

    init(seed: UInt64) { random = Random(seed: seed) }

    mutating func next() -> (Question, PolicySet, RequestContext) {
        let account = random.chance(70) ? own : other
        var question = Question(
            subject(account), ActionName(random.pick(["s3:GetObject", "s3:PutObject", "sqs:SendMessage"])),
            on: ResourceName(
                random.pick(["arn:aws:s3:::b/alice", "arn:aws:s3:::b/x", "arn:aws:sqs:us-east-1:\(own):q"])),
            of: AccountID(own))
        question.isResourceInManagementAccount = random.chance(5)
        var context = RequestContext()
        if random.chance(60) { context.set("aws:username", "alice") }
        if random.chance(60) { context.set("ck:one", random.pick(["a", "b", "alice"])) }
        if random.chance(60) {
            context.set(
                "ck:many", values: (0..<Int.random(in: 1...2, using: &random)).map { _ in random.pick(["a", "b"]) })
        }
        return (question, policies(account), context)
    }

    private mutating func subject(_ account: String) -> Subject {
        let id = AccountID(account)
        let kind = Int.random(in: 0..<6, using: &random)
        let isServiceLinked = kind == 1 && random.chance(10)
        let isManagement = kind < 4 && random.chance(10)
        func subject(_ kind: Subject.Kind, _ arn: String, parent: String? = nil) -> Subject {
            Subject(
                kind: kind, account: id, arn: arn, parentARN: parent, isServiceLinked: isServiceLinked,
                isInManagementAccount: isManagement)
        }
        return switch kind {
        case 0: subject(.user, "arn:aws:iam::\(account):user/alice")
        case 1:
            subject(
                .roleSession, "arn:aws:sts::\(account):assumed-role/app/s",
                parent: "arn:aws:iam::\(account):role/app")
        case 2:
            subject(
                .federatedUser, "arn:aws:sts::\(account):federated-user/bob",
                parent: "arn:aws:iam::\(account):user/alice")
        case 3: subject(.root, "arn:aws:iam::\(account):root")
        case 4: Subject(kind: .service, name: "sns.amazonaws.com")
        default: Subject.anonymous
        }
    }

    private mutating func policies(_ account: String) -> PolicySet {
        var set = PolicySet()
        set.identity = (0..<Int.random(in: 0...2, using: &random)).map { _ in policy(.identity) }
        if random.chance(30) { set.boundary = policy(.managed) }
        if random.chance(40) { set.session = [policy(.session)] }
        if random.chance(30) { set.scps = levels(.scp) }
        if random.chance(30) { set.rcps = levels(.rcp) }
        if random.chance(20) { set.endpoint = policy(.endpoint) }
        if random.chance(60) {
            set.resourceKind = random.pick([.standard, .standard, .roleTrust, .kmsKey])
            set.resource = policy(.resource(service: "s3"))
        }
        return set
    }

    private mutating func levels(_ kind: PolicyKind) -> [[NamedPolicy]] {
        (0..<2).map { _ in (0..<Int.random(in: 1...2, using: &random)).map { _ in policy(kind) } }
    }

    private mutating func policy(_ kind: PolicyKind) -> NamedPolicy {
        var writer = JSONWriter()
        writer.beginObject()
        if random.chance(80) { writer.member("Version", random.pick(["2012-10-17", "2008-10-17"])) }
        writer.key("Statement")
        writer.beginArray()
        for _ in 0..<Int.random(in: 1...3, using: &random) { statement(kind, into: &writer) }
        writer.endArray()
        writer.endObject()
        return NamedPolicy(CompiledPolicy(stored: writer.bytes, as: kind))
    }

    private mutating func statement(_ kind: PolicyKind, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("Effect", random.chance(85) ? "Allow" : "Deny")
        list(
            random.chance(85) ? "Action" : "NotAction",
            ["*", "s3:*", "S3:getobject", "s3:?etObject", "sqs:Send*", "sns:*"], into: &writer)
        list(
            random.chance(85) ? "Resource" : "NotResource",
            [
                "*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}", "arn:aws:sqs:*:*:q",
                "arn:aws:s3:::b/${ck:none}", "arn:aws:s3:::?/x",
            ],
            into: &writer)
        if kind.hasPrincipal { principal(into: &writer) }
        if random.chance(40) { condition(into: &writer) }
        writer.endObject()
    }

    private mutating func principal(into writer: inout JSONWriter) {
        writer.key(random.chance(90) ? "Principal" : "NotPrincipal")
        if random.chance(30) { return writer.string("*") }
        writer.beginObject()
        let names = [own, other].flatMap { account in
            [
                account, "arn:aws:iam::\(account):root", "arn:aws:iam::\(account):user/alice",
                "arn:aws:iam::\(account):role/app",
                "arn:aws:sts::\(account):assumed-role/app/s", "arn:aws:sts::\(account):federated-user/bob",
            ]
        }
        list("AWS", names, into: &writer)
        if random.chance(20) { writer.member("Service", "sns.amazonaws.com") }
        writer.endObject()
    }

    private mutating func condition(into writer: inout JSONWriter) {
        writer.key("Condition")
        writer.beginObject()
        let test = random.pick(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"])
        let name =
            random.chance(20)
            ? "Null" : random.pick(["", "", "ForAllValues:", "ForAnyValue:"]) + test + random.pick(["", "IfExists"])
        writer.key(name)
        writer.beginObject()
        let values = name == "Null" ? ["true", "false"] : ["a", "b", "*", "a*", "${aws:username}", "${ck:none}"]
        list(random.pick(["ck:one", "CK:Many", "ck:none"]), values, into: &writer)
        writer.endObject()
        writer.endObject()
    }

    private mutating func list(_ key: String, _ values: [String], into writer: inout JSONWriter) {
        writer.key(key)
        if random.chance(50) { return writer.string(random.pick(values)) }
        writer.beginArray()
        for _ in 0..<Int.random(in: 1...3, using: &random) { writer.string(random.pick(values)) }
        writer.endArray()
    }
}
