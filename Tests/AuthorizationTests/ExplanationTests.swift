import AWS
import Formats
import Testing

@testable import Authorization

/// Defends: an explanation says what `decide` says, and what it calls missing is exactly what is missing.
struct ExplanationTests {
    private static let own = AccountID("111122223333")
    private static let alice = Subject(
        kind: .user, account: own, arn: "arn:aws:iam::111122223333:user/alice", uniqueID: "AIDAEXAMPLE")

    private func policy(_ statements: String, _ kind: PolicyKind = .identity, name: String = "P") -> NamedPolicy {
        let text = #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#
        return NamedPolicy(CompiledPolicy(stored: Array(text.utf8), as: kind), name: name)
    }

    private func question(
        _ action: String = "s3:GetObject", on resource: String = "arn:aws:s3:::b/x", by subject: Subject = alice,
        of owner: AccountID? = own
    ) -> Question {
        Question(subject, ActionName(action), on: ResourceName(resource), of: owner)
    }

    private func text(_ explanation: Explanation) -> String {
        ExplanationText(explanation).lines.joined(separator: "\n")
    }

    @Test(arguments: 0..<8)
    func whatIsMissingIsWhatIsMissing(_ seed: Int) {
        // In random worlds: making the named pieces good allows, leaving out any one of them does not.
        var scene = RandomScene(seed: UInt64(seed) + 401)
        var (denials, several, incomplete) = (0, 0, 0)
        for round in 0..<100 {
            let (question, policies, context) = scene.next()
            let explanation = explain(question, under: policies, in: context)
            #expect(explanation.decision == decide(question, under: policies, in: context))
            let (pieces, isComplete) = explanation.missing
            guard !explanation.decision.isAllowed else {
                #expect(pieces.isEmpty && isComplete)
                continue
            }
            denials += 1
            if !isComplete { incomplete += 1 }
            let mended = pieces.reduce(policies) { $0.making(good: $1) }
            #expect(
                decide(question, under: mended, in: context).isAllowed == isComplete, "seed \(seed), round \(round)")
            if pieces.count > 1 { several += 1 }
            for left in pieces.indices where isComplete {
                let some = pieces[..<left].reduce(policies) { $0.making(good: $1) }
                #expect(!decide(question, under: some, in: context).isAllowed, "seed \(seed), round \(round), \(left)")
            }
            // Both forms can be made of it.
            var json = JSONWriter()
            explanation.write(to: &json)
            var reader = JSONReader(json.bytes)
            #expect(throws: Never.self) {
                try reader.skipValue()
                try reader.finish()
            }
            #expect(ExplanationText(explanation).lines.allSatisfy { !$0.contains("\n") })
        }
        #expect(denials > 30 && several > 5)
        #expect(incomplete == 0)
    }

    @Test func oneConditionFails() {
        // The nearest statement is named, with what its condition compared with what.
        var set = PolicySet()
        set.identity = [
            policy(#"{"Effect":"Allow","Action":"sqs:*","Resource":"*"}"#, name: "other"),
            policy(
                #"""
                {"Sid":"Office","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*",
                 "Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"StringEquals":{"aws:username":"${aws:username}"}}}
                """#, name: "given"),
        ]
        var context = RequestContext()
        context.set("aws:SourceIp", "198.51.100.7")
        context.set("aws:username", "alice")
        let explanation = explain(question(), under: set, in: context)
        let (pieces, isComplete) = explanation.missing
        #expect(pieces.count == 1 && isComplete)
        guard case .condition(let finding)? = pieces.first else {
            Issue.record("\(pieces)")
            return
        }
        #expect(finding.policyName == "given" && finding.sid == "Office" && finding.misses == 1)
        #expect(finding.start == TextPosition(line: 1, column: 38))
        #expect(finding.conditions.map(\.holds) == [false, true])
        #expect(finding.conditions[1].operands == [.init(written: "${aws:username}", resolved: "alice")])
        let told = text(explanation)
        #expect(told.hasPrefix("Denied: no identity-based policy allows the s3:GetObject action"))
        #expect(
            told.contains(
                "  1. only a condition fails in identity-based policy \"given\", statement 1 \"Office\", line 1 column 38\n"
                    + "       aws:SourceIp is 198.51.100.7, wanted 203.0.113.0/24 (IpAddress)"))
        #expect(told.contains("aws:username is alice, wanted alice (StringEquals): holds"))
    }

    @Test func onlyTheResourceDiffers() {
        var set = PolicySet()
        set.identity = [policy(#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::c/*"}"#)]
        let told = text(explain(question(), under: set, in: .init()))
        #expect(told.contains("only the resource differs in identity-based policy \"P\", statement 1"))
        #expect(told.contains("it covers arn:aws:s3:::c/*, not arn:aws:s3:::b/x"))
    }

    @Test func nothingNamesTheAction() {
        // An example with exactly this action and resource; wildcards in a key are no wildcards.
        let asked = question(on: "arn:aws:s3:::b/a*b$")
        let explanation = explain(asked, under: PolicySet(), in: .init())
        guard case .statement(let example, in: .identity, level: 0)? = explanation.missing.pieces.first else {
            Issue.record("\(explanation.missing)")
            return
        }
        #expect(
            example.text == #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/a${*}b${$}"}"#)
        let made = PolicySet().making(good: .statement(example, in: .identity, level: 0))
        #expect(!decide(question(on: "arn:aws:s3:::b/aXb$"), under: made, in: .init()).isAllowed)
    }

    @Test func everyLayerThatLacksIsNamed() {
        // Across accounts the resource's policy, the caller's own, its boundary and each level of the organization.
        var set = PolicySet()
        set.boundary = policy(#"{"Effect":"Allow","Action":"sqs:*","Resource":"*"}"#, .managed)
        set.scps = [[policy(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, .scp)], []]
        let stranger = Subject(
            kind: .user, account: AccountID("444455556666"), arn: "arn:aws:iam::444455556666:user/eve")
        let explanation = explain(question(by: stranger), under: set, in: .init())
        #expect(explanation.missing.pieces.map(\.layer) == [.scp, .resource, .identity, .boundary])
        let told = text(explanation)
        #expect(told.contains("no service control policy of level 2 allows it; this statement would:"))
        #expect(told.contains(#""Principal":{"AWS":"arn:aws:iam::444455556666:user/eve"}"#))
        let hidden = ExplanationText(explanation, hidesResourceSide: true).lines.joined(separator: "\n")
        #expect(
            hidden.contains("the resource-based policy of the resource's account 111122223333 must let the caller in"))
        #expect(!hidden.contains("Principal"))
    }

    @Test func denyingStatementsAreNamedWithWhatTheySaw() {
        // Each of them is missing; a control character of the request stays a number.
        var set = PolicySet()
        set.identity = [
            policy(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, name: "all"),
            policy(
                #"{"Sid":"No","Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:UserAgent":"good"}}},{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#,
                name: "guard"),
        ]
        var context = RequestContext()
        context.set("aws:UserAgent", "bad\u{1B}[31m")
        let explanation = explain(question(), under: set, in: context)
        #expect(explanation.missing.pieces.count == 2)
        let told = text(explanation)
        #expect(told.hasPrefix("Denied: by identity-based policy \"guard\", statement 1 \"No\", line 1 column 38"))
        #expect(told.contains(#"aws:UserAgent is "bad\u{1b}[31m", wanted none of good (StringNotEquals)"#))
        #expect(
            told.contains(
                "the Deny must go, or not match: identity-based policy \"guard\", statement 2, line 1 column 152"))
    }

    @Test func policiesThatCannotBeReadAreToBeMended() {
        var set = PolicySet()
        set.identity = [NamedPolicy(.broken(as: .managed), name: "gone")]
        let explanation = explain(question(), under: set, in: .init())
        guard case .repair(let named, at: _, in: .identity)? = explanation.missing.pieces.first else {
            Issue.record("\(explanation.missing)")
            return
        }
        #expect(named.name == "gone" && explanation.missing.isComplete)
        #expect(text(explanation).contains("Denied: a stored identity-based policy cannot be read"))
    }

    @Test func whatNoStatementCanGive() {
        // Block Public Access, the ownership of an object, and a grant to be retired.
        var set = PolicySet()
        set.resource = policy(
            #"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#, .resource(service: "s3"))
        set.s3 = S3Access()
        set.s3?.restrictsPublicBuckets = true
        var pieces = explain(question(by: .anonymous), under: set, in: .init()).missing.pieces
        if case .publicAccessBlock? = pieces.first {} else { Issue.record("\(pieces)") }
        set.s3 = S3Access()
        set.s3?.ownership = .objectWriter
        set.s3?.objectOwner = AccountID("444455556666")
        pieces = explain(question(by: .anonymous), under: set, in: .init()).missing.pieces
        if case .objectOwnership? = pieces.first {} else { Issue.record("\(pieces)") }
        let service = Subject(kind: .service, name: "sns.amazonaws.com")
        set = PolicySet()
        set.resourceKind = .kmsKey
        let asked = question("kms:RetireGrant", on: "arn:aws:kms:us-east-1:111122223333:key/k", by: service)
        let explanation = explain(asked, under: set, in: .init())
        if case .grant? = explanation.missing.pieces.first {} else { Issue.record("\(explanation.missing)") }
        #expect(explanation.missing.isComplete)
    }

    @Test func keysAPolicyRefersTo() {
        // In conditions, in variables of resources and of operands; nothing else of a request can bear on it.
        let named = policy(
            #"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}","Condition":{"StringLike":{"aws:UserAgent":["x","${aws:userid}"]},"ArnLike":{"aws:SourceArn":"arn:aws:s3:::${aws:PrincipalTag/Team}"},"StringEqualsIgnoreCase":{"aws:Referer":"${aws:referer, 'none'}"},"NumericEquals":{"s3:max-keys":"${no}"}}}"#
        )
        #expect(
            Set(named.policy.conditionKeys.map(\.description)) == [
                "aws:username", "aws:useragent", "aws:userid", "aws:sourcearn", "aws:principaltag/team", "aws:referer",
                "s3:max-keys",
            ])
    }
}
