import AWS
import Formats
import Testing

@testable import Authorization

struct ParserTests {
    static let kinds: [PolicyKind] = [
        .managed, .identity, .session, .trust, .resource(service: "s3"), .keyPolicy, .scp, .rcp, .endpoint,
    ]
    static let sample =
        #"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"AWS":["111122223333","*"],"Service":"s3.amazonaws.com"},"Action":["s3:Get*"],"NotResource":"arn:aws:s3:::b/${aws:username, 'x'}","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a*",1,true]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"NumericLessThan":{"n":1e3},"DateLessThan":{"d":"2030-01-01"},"ArnLike":{"k":"${v}"}}}]}"#

    @Test func damagedTextsNeverCrash() {
        // Fuzz in small: any change of a valid text is read or refused, and what cannot be read denies.
        var random = Random(seed: 3)
        let alphabet = Array(#"{}[]",:\*?$'u0-eE.+ tfn"#.utf8) + [0x00, 0x7F, 0xC3, 0xA9, 0xF0, 0xFF]
        let question = Question(
            .anonymous, ActionName("s3:GetObject"), on: ResourceName("arn:aws:s3:::b/x"), of: AccountID("111122223333"))
        var context = RequestContext()
        context.set("aws:SourceIp", "10.1.2.3")
        context.set("aws:TagKeys", values: ["ab"])
        for round in 0..<3000 {
            var bytes = Array(ParserTests.sample.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(random.pick(alphabet), at: at)
                case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...30, using: &random)))
                default: bytes[at] = random.pick(alphabet)
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            let kind = ParserTests.kinds[round % ParserTests.kinds.count]
            _ = try? PolicyParser.parse(bytes, as: kind)
            var policies = PolicySet()
            policies.resource = NamedPolicy(CompiledPolicy(stored: bytes, as: .resource(service: "s3")))
            let decision = decide(question, under: policies, in: context)
            if policies.resource?.policy.isBroken == true, decision.outcome != .explicitDeny {
                Issue.record("round \(round) does not deny")
            }
        }
    }

    @Test(arguments: [
        "", "{", "null", "[]", #"{"Version":"2012-10-17"}"#,
        #"{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}"#,
        #"{"Statement":[{"Effect":"Allow","Resource":"*"}]}"#,
        #"{"Statement":[{"Effect":"Allow","Action":"*"}]}"#,
        #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}"#,
        #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Nonsense":{"a":"b"}}}]}"#,
    ])
    func brokenPoliciesDeny(_ text: String) {
        // A stored policy that cannot be evaluated denies, in whichever layer it stands.
        let broken = NamedPolicy(CompiledPolicy(stored: Array(text.utf8), as: .identity))
        let full = NamedPolicy(
            CompiledPolicy(
                stored: Array(#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#.utf8), as: .identity))
        let question = Question(
            Subject(kind: .user, account: AccountID("111122223333"), arn: "arn:aws:iam::111122223333:user/a"),
            ActionName("s3:GetObject"),
            on: ResourceName("arn:aws:s3:::b/x"), of: AccountID("111122223333"))
        var policies = PolicySet()
        policies.identity = [full, broken]
        #expect(decide(question, under: policies, in: .init()).outcome == .explicitDeny)
        policies.identity = [full]
        #expect(decide(question, under: policies, in: .init()).isAllowed)
        policies.session = [broken]
        #expect(
            decide(question, under: policies, in: .init())
                == Decision(outcome: .explicitDeny, layer: .session, statement: .init(policy: 0, statement: -1)))
        policies.session = nil
        policies.scps = [[full], [broken]]
        #expect(decide(question, under: policies, in: .init()).layer == .scp)
    }

    @Test(arguments: [
        ("aws:s3:::example_bucket", #"Partition "s3" is not valid for resource "arn:s3:::example_bucket:*"."#),
        (
            "arn:error:s3:::example_bucket",
            #"Partition "error" is not valid for resource "arn:error:s3:::example_bucket"."#
        ),
        ("arn:aw*:s3:::x", #"Partition "aw*" is not valid for resource "arn:aw*:s3:::x"."#),
        ("*:*", "Resource vendor must be fully qualified and cannot contain regexes."),
        (
            "arn:aws:iam:*:111122223333:user/a",
            "IAM resource arn:aws:iam:*:111122223333:user/a cannot contain region information."
        ),
        ("arn:aws:s3:*::b", "Resource arn:aws:s3:*::b can not contain region information."),
        (
            "arn:aws:route53:us-east-1::hostedzone/Z",
            "Resource arn:aws:route53:us-east-1::hostedzone/Z can not contain region information."
        ),
        (
            "arn:aws:route53::111122223333:hostedzone/Z",
            "Resource arn:aws:route53::111122223333:hostedzone/Z cannot contain an account id."
        ),
        (
            "arn:aws:s3:us-east-1::example_bucket",
            "Resource arn:aws:s3:us-east-1::example_bucket can not contain region information."
        ),
        (
            "arn:aws:iam:::example_bucket",
            #"IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/."#
        ),
        ("arn:aws:*:::x", "Resource vendor must be fully qualified and cannot contain regexes."),
    ])
    func resourceFaults(_ resource: String, _ message: String) {
        // IAM's words for each kind of malformed resource.
        let text =
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"\#(resource)"}}"#
        #expect(throws: PolicyError(message: message, offset: 37)) {
            _ = try PolicyParser.parse(Array(text.utf8), as: .managed)
        }
    }

    @Test func repeatedKeysAreRefused() {
        // At every level, whichever reading would be the kinder one.
        for text in [
            #"{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}"#,
            #"{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}"#,
            #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a":"b"},"Bool":{"a":"c"}}}]}"#,
            #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a":"b","a":"c"}}}]}"#,
        ] {
            #expect(throws: PolicyError.self) { _ = try PolicyParser.parse(Array(text.utf8), as: .identity) }
            #expect(CompiledPolicy(stored: Array(text.utf8), as: .identity).isBroken)
        }
    }

    @Test func principalsAreExchangedInPlace() throws {
        // Saving turns ARNs into ids and showing turns them back; nothing else of the text changes.
        let text =
            "{ \"Statement\" : {\"Effect\":\"Allow\",\n\"Principal\": {\"AWS\": [\"arn:aws:iam::111122223333:user/a\\u002fb\", \"*\"], \"Service\":\"x.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"} }"
        let arn = "arn:aws:iam::111122223333:user/a/b"
        let saved = try PrincipalRewriting.rewrite(Array(text.utf8), [arn: "AIDAEXAMPLE"])
        #expect(
            String(decoding: saved, as: UTF8.self)
                == text.replacing("arn:aws:iam::111122223333:user/a\\u002fb", with: "AIDAEXAMPLE"))
        let shown = try PrincipalRewriting.rewrite(saved, ["AIDAEXAMPLE": arn])
        #expect(String(decoding: shown, as: UTF8.self) == text.replacing("\\u002f", with: "/"))
    }

    @Test func canonicalUsersAreExchangedForAWSPrincipals() throws {
        func exchanged(_ principal: String) throws -> String {
            let (before, after) = (
                #"{"Statement":[{"Effect":"Deny","Principal":"*"}, {"Effect":"Allow", "Principal": "#,
                #" ,"Action":"*"}]}"#
            )
            let text = before + principal + after
            let result = try PrincipalRewriting.exchangingCanonicalUsers(Array(text.utf8)) { "account \($0)" }
            let whole = String(decoding: result, as: UTF8.self)
            #expect(whole.hasPrefix(before) && whole.hasSuffix(after))
            return String(whole.dropFirst(before.count).dropLast(after.count))
        }
        #expect(try exchanged(#"{ "CanonicalUser" : "a" }"#) == #"{"AWS":"account a"}"#)
        #expect(
            try exchanged(#"{"CanonicalUser":["a","b","a"],"Service":"s.amazonaws.com","AWS":"account b"}"#)
                == #"{"AWS":["account b","account a"],"Service":"s.amazonaws.com"}"#)
        #expect(try exchanged(#"{ "AWS" : "x" }"#) == #"{ "AWS" : "x" }"#)
    }

    @Test func uniqueIDsReachTheirEntity() {
        // A stored id names the entity that had it, and not a namesake.
        let text = #"{"Statement":{"Effect":"Allow","Principal":{"AWS":"AIDAEXAMPLE"},"Action":"*","Resource":"*"}}"#
        var policies = PolicySet()
        policies.resource = NamedPolicy(CompiledPolicy(stored: Array(text.utf8), as: .resource(service: "s3")))
        for (id, expected) in [("AIDAEXAMPLE", Decision.Outcome.allowed), ("AIDANAMESAKE", .implicitDeny)] {
            let subject = Subject(
                kind: .user, account: AccountID("111122223333"), arn: "arn:aws:iam::111122223333:user/a", uniqueID: id)
            let question = Question(
                subject, ActionName("s3:GetObject"), on: ResourceName("arn:aws:s3:::b"), of: AccountID("111122223333"))
            #expect(decide(question, under: policies, in: .init()).outcome == expected)
        }
    }

    @Test func contextKeysAreListed() throws {
        // Keys of conditions and variables, each once, as written.
        let policy = try PolicyParser.parse(
            Array(
                #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}/${*}","Condition":{"StringLike":{"s3:prefix":"${aws:PrincipalTag/x, 'd'}","AWS:UserName":"a"}}}}"#
                    .utf8), as: .managed)
        #expect(policy.document.contextKeys == ["aws:username", "s3:prefix", "aws:PrincipalTag/x"])
    }
}
