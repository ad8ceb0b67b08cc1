import AWS
import Formats
import Testing

@testable import Authorization

struct StatementTableTests {
    @Test(arguments: 0..<8)
    func findsWhatLookingAtEachStatementFinds(_ seed: Int) throws {
        // The table leaves out only what cannot match, and tells the same statement: random policies of many statements.
        var scene = ManyStatements(seed: UInt64(seed) + 5)
        var (denied, allowed, silent) = (0, 0, 0)
        for round in 0..<6 {
            let kind = scene.kind()
            let policies = (0..<scene.count()).map { _ in scene.policy(kind) }
            let list = PolicyList(policies)
            #expect(list.table != nil)
            for _ in 0..<60 {
                let (question, context) = scene.question()
                let hasBoundary = scene.random.chance(20)
                let expected = plain(question, policies, context, hasBoundary)
                let found = question.scan(list, context, hasBoundary: hasBoundary)
                if !agree(found, expected) {
                    Issue.record("seed \(seed), round \(round), \(question): \(found), expected \(expected)")
                }
                if found.deny != nil { denied += 1 } else if found.allow != nil { allowed += 1 } else { silent += 1 }
            }
            // One policy at a time, by a table of its own where it is long.
            for policy in policies.prefix(3) {
                let (question, context) = scene.question()
                let expected = plain(question, [policy], context, false)
                let found = question.scan(policy, context, hasBoundary: false)
                #expect(agree(found, expected))
            }
        }
        #expect(denied > 0 && allowed > 0 && silent > 0)
    }

    private typealias Expected = (deny: StatementIndex?, allow: StatementIndex?, reach: Reach)

    /// By what lesser names a caller is reached who is reached directly makes no difference, and is not always known.
    private func agree(_ found: Scan, _ expected: Expected) -> Bool {
        if found.deny != nil || expected.deny != nil { return found.deny == expected.deny }
        let isDirect = !expected.reach.isDisjoint(with: .direct)
        return found.allow == expected.allow
            && (isDirect ? !found.reach.isDisjoint(with: .direct) : found.reach == expected.reach)
    }

    /// The first statement that denies; of those that allow, the first that reaches the caller best.
    private func plain(
        _ question: Question, _ policies: [NamedPolicy], _ context: RequestContext, _ hasBoundary: Bool
    ) -> Expected {
        var deny: StatementIndex?
        var best: (place: StatementIndex, rank: Int)?
        var reach = Reach()
        for (policy, named) in policies.enumerated() {
            for (index, statement) in named.policy.statements.enumerated()
            where question.matches(statement, context, hasBoundary: hasBoundary) {
                let place = StatementIndex(policy: Int32(policy), statement: Int32(index))
                if statement.isDeny {
                    deny = deny ?? place
                    continue
                }
                let own = statement.reach(question.subject, hasBoundary: hasBoundary)
                reach.formUnion(own)
                if own.rank > best?.rank ?? 0 { best = (place, own.rank) }
            }
        }
        return (deny, best?.place, reach)
    }

    @Test func anActionWithoutColonIsMatchedByTheStarAlone() {
        // As its documentation says, with and without a table.
        for action in ["foo", "", "foo:"] {
            for pattern in ["foo:*", "foo", "*:*", ":*", "", "foo:"] {
                let expected = action == "foo:" && ["foo:*", "*:*", "foo:"].contains(pattern)
                #expect(ActionPatterns([pattern]).contains(ActionName(action)) == expected)
            }
            #expect(ActionPatterns(["*"]).contains(ActionName(action)))
        }
    }

    @Test func prefixesThatOthersMakeNeedlessAreLeftOut() {
        // A statement is found once for each question, however its patterns overlap.
        func prefixes(_ patterns: [String]) -> [Prefix] {
            Prefixes(patterns.map { Beginning(of: Array($0.utf8)[...]) }).all
        }
        #expect(prefixes(["s3:Get*", "s3:*", "s3:GetObject", "s3:G?t"]) == prefixes(["s3:*"]))
        #expect(prefixes(["a", "ab*", "a", "abc"]).count == 2)
        #expect(prefixes(["*", "s3:*", ""]) == [.none])
        #expect(Prefixes([]).all.isEmpty)
        let two = ["arn:aws:s3:::b1/*", "arn:aws:s3:::b2/*"].map { Beginning(of: Array($0.utf8)[...]) }
        #expect(Prefixes(two).common == Prefix(Beginning(of: Array("arn:aws:s3:::b*".utf8)[...])))
    }

    @Test func longListsTakeNoMoreRoomThanTheirPolicy() throws {
        // Statements with hundreds of actions and hundreds of resources lie in as many places as they have actions.
        let actions = (0..<150).map { "s\($0):*" }
        let resources = (0..<150).map { "r\($0)*" }
        func list(_ texts: [String]) -> String { "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        let statement = """
            {"Effect":"Allow","Action":\(list(actions)),"Resource":\(list(resources))}
            """
        let text =
            "{\"Version\":\"2012-10-17\",\"Statement\":["
            + Array(repeating: statement, count: 40).joined(separator: ",") + "]}"
        let policy = CompiledPolicy(stored: Array(text.utf8), as: .identity)
        let table = try #require(policy.table)
        #expect(table.placeCount <= 40 * (150 + 64))
        var set = PolicySet()
        set.identity = [NamedPolicy(policy)]
        let user = Subject(kind: .user, account: AccountID("111122223333"), arn: "arn:aws:iam::111122223333:user/a")
        for (resource, outcome) in [("r149x:::::", Decision.Outcome.allowed), ("q:::::", .implicitDeny)] {
            let question = Question(user, ActionName("s149:Do"), on: ResourceName(resource), of: user.account)
            #expect(decide(question, under: set, in: RequestContext()).outcome == outcome)
        }
    }
}

/// Many statements whose actions and resources begin alike, and questions that nearly match them.
private struct ManyStatements {
    var random: Random

    init(seed: UInt64) { random = Random(seed: seed) }

    mutating func count() -> Int { Int.random(in: 3...6, using: &random) }
    mutating func kind() -> PolicyKind {
        random.pick([.identity, .identity, .session, .scp, .rcp, .resource(service: "s3")])
    }

    private static let services = ["s3", "sqs", "s", "S3", "dynamodb", "é"]
    private static let names = ["Get", "GetObject", "GetObjectAcl", "Put", "PutItem", "", "g", "Géant"]
    private static let heads = [
        "arn:aws:s3:::", "arn:aws:s3:::b", "arn:aws:sqs:us-east-1:111122223333:", "ARN:aws:s3:::",
    ]
    private static let tails = ["bucket/a", "bucket/$a", "b", "bücket/水", "bucket/${aws:username}", "q:1", "", "𐐀"]

    mutating func action() -> String {
        random.pick(Self.services) + random.pick([":", ":", ":", ":", "", "::"])
            + random.pick(Self.names)
    }

    mutating func resource() -> String { random.pick(Self.heads) + random.pick(Self.tails) }

    mutating func question() -> (Question, RequestContext) {
        var context = RequestContext()
        if random.chance(60) { context.set("aws:username", random.pick(["a", "alice", "", "b*"])) }
        let user = Subject(
            kind: .user, account: AccountID("111122223333"), arn: "arn:aws:iam::111122223333:user/alice")
        let session = Subject(
            kind: .roleSession, account: AccountID("111122223333"), arn: "arn:aws:sts::111122223333:assumed-role/app/s",
            parentARN: "arn:aws:iam::111122223333:role/app")
        let name = random.chance(10) ? random.pick(["*", "", "arn:aws:s3", "x"]) : resource()
        return (
            Question(random.pick([user, session]), ActionName(action()), on: ResourceName(name), of: user.account),
            context
        )
    }

    mutating func policy(_ kind: PolicyKind) -> NamedPolicy {
        var writer = JSONWriter()
        writer.beginObject()
        if random.chance(70) { writer.member("Version", random.pick(["2012-10-17", "2012-10-17", "2008-10-17"])) }
        writer.key("Statement")
        writer.beginArray()
        for _ in 0..<random.pick([9, 12, 30]) { statement(kind, into: &writer) }
        writer.endArray()
        writer.endObject()
        return NamedPolicy(CompiledPolicy(stored: writer.bytes, as: kind))
    }

    private mutating func statement(_ kind: PolicyKind, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("Effect", random.chance(95) ? "Allow" : "Deny")
        writer.key(random.chance(99) ? "Action" : "NotAction")
        list(&writer) { $0.actionPattern() }
        writer.key(random.chance(99) ? "Resource" : "NotResource")
        list(&writer) { $0.resourcePattern() }
        if kind.hasPrincipal {
            writer.key(random.chance(95) ? "Principal" : "NotPrincipal")
            writer.beginObject()
            writer.key("AWS")
            list(&writer) {
                $0.random.pick([
                    "111122223333", "*", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/app",
                    "arn:aws:sts::111122223333:assumed-role/app/s", "444455556666", "444455556666",
                ])
            }
            writer.endObject()
        }
        writer.endObject()
    }

    private mutating func list(_ writer: inout JSONWriter, _ make: (inout ManyStatements) -> String) {
        writer.beginArray()
        for _ in 0..<random.pick([0, 1, 1, 1, 2, 3, 3, 14]) { writer.string(make(&self)) }
        writer.endArray()
    }

    /// A text that questions hold, cut, starred or left as it is.
    private mutating func broken(_ text: String) -> String {
        var text = text
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: return text
        case 2: return String(text.prefix(Int.random(in: 0...text.count, using: &random))) + "*"
        case 3: return "*" + String(text.suffix(Int.random(in: 0...text.count, using: &random)))
        case 4:
            guard let place = text.indices.randomElement(using: &random) else { return "?" }
            text.replaceSubrange(place...place, with: random.pick(["?", "*", "?*"]))
            return text
        default: return random.pick(["${aws:username}", "${*}", "${none}", "$", "${"]) + text
        }
    }

    private mutating func actionPattern() -> String {
        if random.chance(2) { return random.pick(["*", "", ":", "*:*", "**"]) }
        if random.chance(15) { return "*:" + broken(random.pick(Self.names)) }
        return broken(action())
    }

    private mutating func resourcePattern() -> String {
        if random.chance(3) { return random.pick(["*", "", "arn:aws:s3", "arn:*", "a*", ":::::", "**"]) }
        return broken(resource())
    }
}
