import AWS
import Formats
import Testing
import World

@testable import Authorization

struct ReportingTests {
    static let own = AccountID("111122223333")

    private func policy(_ text: String, _ kind: PolicyKind = .identity, arn: String? = nil) -> NamedPolicy {
        NamedPolicy(CompiledPolicy(stored: Array(text.utf8), as: kind), name: "P", arn: arn)
    }

    private func question(_ action: String = "s3:GetObject", on resource: String = "arn:aws:s3:::b/x") -> Question {
        let subject = ReportingTests.own.map { account in
            Subject(
                .roleSession(
                    RoleSessionPrincipal(
                        account: account, roleName: "app", rolePath: "/team/", roleID: "AROAEXAMPLE", sessionName: "s"))
            )
        }
        return Question(subject ?? .anonymous, ActionName(action), on: ResourceName(resource), of: ReportingTests.own)
    }

    private static let allow = #"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#
    private static let deny = #"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#

    @Test func implicitDenialsNameTheMissingPolicy() {
        // The message family of access denied errors, implicit half; roles show the session's ARN.
        let head = "User: arn:aws:sts::111122223333:assumed-role/app/s is not authorized to perform: "
        var policies = PolicySet()
        var decision = decide(question(), under: policies, in: .init())
        #expect(
            DenialMessage().text(question(), decision, under: policies)
                == head
                + "s3:GetObject on resource: arn:aws:s3:::b/x because no identity-based policy allows the s3:GetObject action"
        )
        #expect(
            DenialMessage(resourceStyle: .quoted, tellsReason: false).text(question(), decision, under: policies)
                == head + #"s3:GetObject on resource: "arn:aws:s3:::b/x""#)
        policies.identity = [policy(ReportingTests.allow)]
        policies.scps = [[]]
        decision = decide(question(), under: policies, in: .init())
        #expect(
            DenialMessage().text(question(), decision, under: policies).hasSuffix(
                " because no service control policy allows the s3:GetObject action"))
        policies.scps = nil
        policies.resourceKind = .roleTrust
        decision = decide(question("sts:AssumeRole"), under: policies, in: .init())
        #expect(
            DenialMessage(resourceStyle: .omitted).text(question("sts:AssumeRole"), decision, under: policies)
                == head + "sts:AssumeRole because no role trust policy allows the sts:AssumeRole action")
    }

    @Test func explicitDenialsNameThePolicy() {
        // The explicit half, with the ARN of a managed or Organizations policy behind it.
        let arn = "arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1"
        var policies = PolicySet()
        policies.scps = [[policy(ReportingTests.allow, .scp)], [policy(ReportingTests.deny, .scp, arn: arn)]]
        var decision = decide(question(), under: policies, in: .init())
        #expect(decision.statement == StatementIndex(level: 1, policy: 0, statement: 0))
        #expect(
            DenialMessage().text(question(), decision, under: policies).hasSuffix(
                " with an explicit deny in a service control policy: " + arn))
        policies = PolicySet()
        policies.identity = [policy(ReportingTests.deny)]
        decision = decide(question(), under: policies, in: .init())
        #expect(
            DenialMessage().text(question(), decision, under: policies).hasSuffix(
                " with an explicit deny in an identity-based policy"))
        policies = PolicySet()
        policies.resourceKind = .roleTrust
        policies.resource = policy(#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*"}}"#, .trust)
        decision = decide(question("sts:AssumeRole"), under: policies, in: .init())
        #expect(
            DenialMessage().text(question("sts:AssumeRole"), decision, under: policies).hasSuffix(
                " with an explicit deny in the role trust policy"))
    }

    @Test func explanationsFindEveryStatement() {
        // All matching statements, with the simulator's places.
        let text =
            "{\"Statement\": [{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"},\n {\"Sid\":\"No\",\"Effect\":\"Deny\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}"
        var policies = PolicySet()
        policies.identity = [policy(text), policy(ReportingTests.allow)]
        let explanation = explain(question(), under: policies, in: .init())
        #expect(explanation.decision.outcome == .explicitDeny)
        #expect(explanation.denyingPolicy?.name == "P")
        #expect(explanation.matched.map(\.isDeny) == [false, true, false])
        #expect(explanation.matched.map(\.sid) == [nil, "No", nil])
        #expect(explanation.matched[0].start == TextPosition(line: 1, column: 16))
        #expect(explanation.matched[1].start == TextPosition(line: 1, column: 65))
        #expect(explanation.matched[1].end == TextPosition(line: 2, column: 64))
        #expect(explanation.matched[2].start == TextPosition(line: 1, column: 15))
    }

    @Test(arguments: [
        (#""Principal":"*""#, "", true), (#""Principal":{"AWS":"*"}"#, "", true),
        (#""Principal":{"AWS":"111122223333"}"#, "", false),
        (#""Principal":{"Federated":"accounts.google.com"}"#, "", true),
        (#""NotPrincipal":{"AWS":"111122223333"}"#, "", true),
        (#""Principal":"*""#, #""StringEquals":{"AWS:SourceVpc":"vpc-1"}"#, false),
        (#""Principal":"*""#, #""StringLike":{"aws:SourceVpc":"vpc-*"}"#, true),
        (#""Principal":"*""#, #""StringEquals":{"aws:SourceVpc":["vpc-1","${aws:x}"]}"#, true),
        (#""Principal":"*""#, #""StringNotEquals":{"aws:SourceVpc":"vpc-1"}"#, true),
        (#""Principal":"*""#, #""StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}"#, true),
        (#""Principal":"*""#, #""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, false),
        (#""Principal":"*""#, #""IpAddress":{"aws:SourceIp":["1.2.3.4","0.0.0.0/1"]}"#, true),
        (#""Principal":"*""#, #""IpAddress":{"aws:SourceIp":"2001:db8::/32"}"#, false),
        (#""Principal":"*""#, #""IpAddress":{"aws:SourceIp":"2000::/3"}"#, true),
        (#""Principal":"*""#, #""StringLike":{"aws:userid":"AROAX:*"}"#, true),
        (
            #""Principal":"*""#,
            #""ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:111122223333:accesspoint/*"}"#, false
        ),
        (#""Principal":"*""#, #""ForAllValues:StringEquals":{"aws:SourceAccount":"111122223333"}"#, true),
        (#""Principal":"*""#, #""Bool":{"aws:SecureTransport":"true"}"#, true),
    ])
    func publicPolicies(_ principal: String, _ condition: String, _ expected: Bool) {
        // What S3 calls public: a wildcard principal that no fixed value pins.
        let text =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"},{"Effect":"Allow",\#(principal),"Action":"s3:*","Resource":"*","Condition":{\#(condition)}}]}"#
        let policy = CompiledPolicy(stored: Array(text.utf8), as: .resource(service: "s3"))
        #expect(!policy.isBroken)
        #expect(PublicAccess.isPublic(policy) == expected)
    }

    @Test func grantsAcrossAccounts() throws {
        // The caller needs its own account's leave, unless that account made the grant; a role's grant is capped.
        let other = try #require(AccountID("444455556666"))
        var asked = Question(
            Subject(
                kind: .roleSession, account: other, arn: "arn:aws:sts::444455556666:assumed-role/app/s",
                parentARN: "arn:aws:iam::444455556666:role/app"),
            ActionName("kms:Decrypt"), on: ResourceName("arn:aws:kms:us-east-1:111122223333:key/k"),
            of: ReportingTests.own)
        asked.encryptionContext = ["dept": "it", "a": "b"]
        var grant = KMSGrant(grantee: "arn:aws:iam::444455556666:role/app", operations: ["Decrypt"])
        var policies = PolicySet()
        policies.resourceKind = .kmsKey
        policies.grants = [grant]
        #expect(decide(asked, under: policies, in: .init()).layer == .identity)
        grant.issuingAccount = other
        policies.grants = [grant]
        #expect(decide(asked, under: policies, in: .init()).isAllowed)
        grant.contextSubset = ["dept": "it"]
        policies.grants = [grant]
        #expect(decide(asked, under: policies, in: .init()).isAllowed)
        grant.contextEquals = ["dept": "it"]
        policies.grants = [grant]
        #expect(decide(asked, under: policies, in: .init()).layer == .resource)
        grant.contextEquals = nil
        policies.grants = [grant]
        policies.session = [policy(#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#, .session)]
        #expect(decide(asked, under: policies, in: .init()).layer == .session)
        // To the whole account, it leaves the rest to that account's policies.
        policies.session = nil
        grant.grantee = "arn:aws:iam::444455556666:root"
        policies.grants = [grant]
        #expect(decide(asked, under: policies, in: .init()).layer == .identity)
        policies.identity = [policy(#"{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#, .identity)]
        #expect(decide(asked, under: policies, in: .init()).isAllowed)
    }

    @Test func restrictedCredentials() {
        // What session and federation tokens may call at all.
        let cases: [(CredentialRestriction, String, Bool)] = [
            (.sessionToken(hasMFA: false), "iam:ListUsers", true),
            (.sessionToken(hasMFA: true), "iam:ListUsers", false),
            (.sessionToken(hasMFA: true), "sts:AssumeRole", false),
            (.sessionToken(hasMFA: true), "sts:GetSessionToken", true),
            (.sessionToken(hasMFA: false), "sts:GetWebIdentityToken", false),
            (.federationToken, "sts:GetWebIdentityToken", true),
            (.federationToken, "iam:ListUsers", true), (.federationToken, "sts:AssumeRole", true),
            (.federationToken, "sts:GetCallerIdentity", false), (.federationToken, "s3:GetObject", false),
            (.root, "sts:AssumeRole", true),
            (.root, "s3:GetObject", false),
        ]
        for (restriction, action, forbidden) in cases { #expect(restriction.forbids(ActionName(action)) == forbidden) }
    }

    @Test func assumedRootIsCappedByItsTaskPolicy() {
        // Root's power, as far as the task policy goes.
        let asked = Question(
            Subject(kind: .assumedRoot, account: ReportingTests.own, arn: "arn:aws:sts::111122223333:assumed-root"),
            ActionName("s3:GetObject"),
            on: ResourceName("arn:aws:s3:::b/x"), of: ReportingTests.own)
        var policies = PolicySet()
        #expect(decide(asked, under: policies, in: .init()).layer == .session)
        policies.session = [policy(ReportingTests.allow, .session)]
        #expect(decide(asked, under: policies, in: .init()).isAllowed)
    }

    @Test func quotasCountCharacters() {
        // White space is free for IAM, not for Organizations.
        #expect(PolicyQuota.countWithoutWhitespace("{ \"é\":\r\n\t1 }") == 7)
        #expect(PolicyQuota.count("{ \"é\": 1 }") == 10)
    }

    @Test(arguments: [
        ("234-12", true), ("234-13", false), ("01T", true), ("-1", true), ("2016-12-13t2:00:00.5+1", false),
        ("2016-1-1T1:1:1z", true), ("x", false), ("T", false),
    ])
    func storableDates(_ text: String, _ expected: Bool) {
        // The old parser's notion of a date is wider than the evaluator's.
        #expect(StorableDate.accepts(text) == expected)
    }
}
