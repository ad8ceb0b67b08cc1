import AWS
import Authorization
import Testing

/// Defends: who began a multipart upload may end it and list its parts, and nothing else; every deny and every bound wins.
/// - Source: S3 User Guide, "Multipart upload API and permissions".
@Suite struct BegunUploadTests {
    private static let own = number("111122223333")
    private static let other = number("444455556666")

    private static func number(_ digits: String) -> AccountID {
        guard let account = AccountID(digits) else { preconditionFailure("an account has twelve digits") }
        return account
    }

    private static func user(_ account: AccountID) -> Subject {
        Subject(kind: .user, account: account, arn: "arn:aws:iam::\(account):user/u", uniqueID: "AIDAX")
    }

    private static func policy(_ effect: String, _ action: String, as kind: PolicyKind) -> NamedPolicy {
        let principal = kind == .identity ? "" : #""Principal":"*","#
        let text = #"{"Statement":{"Effect":"\#(effect)",\#(principal)"Action":"\#(action)","Resource":"*"}}"#
        return NamedPolicy(CompiledPolicy(stored: Array(text.utf8), as: kind))
    }

    private func allows(
        _ subject: Subject, _ begun: BegunBy, _ action: String = "s3:AbortMultipartUpload",
        _ change: (inout PolicySet) -> Void = { _ in }
    ) -> Bool {
        var (policies, access) = (PolicySet(), S3Access())
        access.begun = begun
        policies.s3 = access
        change(&policies)
        let question = Question(
            subject, ActionName(action), on: ResourceName("arn:aws:s3:::b/k"), of: BegunUploadTests.own)
        return decide(question, under: policies, in: RequestContext()).isAllowed
    }

    @Test func whoBeganItMayEndItAndListItsParts() {
        let user = Self.user(Self.own)
        #expect(allows(user, .caller) && allows(user, .caller, "s3:ListMultipartUploadParts"))
        for action in ["s3:PutObject", "s3:GetObject", "s3:ListBucketMultipartUploads", "s3:DeleteObject"] {
            #expect(!allows(user, .caller, action), "\(action)")
        }
        #expect(!allows(user, .callersAccount) && !allows(user, .others))
        for kind in [Subject.Kind.anonymous, .service] {
            #expect(!allows(Subject(kind: kind, name: "x.amazonaws.com"), .caller))
        }
    }

    @Test func everyDenyAndEveryBoundWins() {
        let user = Self.user(Self.own)
        #expect(!allows(user, .caller) { $0.resource = Self.policy("Deny", "s3:*", as: .resource(service: "s3")) })
        #expect(!allows(user, .caller) { $0.identity = [Self.policy("Deny", "s3:*", as: .identity)] })
        #expect(!allows(user, .caller) { $0.boundary = Self.policy("Allow", "s3:PutObject", as: .identity) })
        #expect(!allows(user, .caller) { $0.session = [Self.policy("Allow", "s3:PutObject", as: .identity)] })
        #expect(!allows(user, .caller) { $0.scps = [[Self.policy("Allow", "s3:PutObject", as: .identity)]] })
        #expect(!allows(user, .caller) { $0.endpoint = Self.policy("Allow", "s3:PutObject", as: .identity) })
        #expect(allows(user, .caller) { $0.boundary = Self.policy("Allow", "s3:*", as: .identity) })
    }

    @Test func inAnotherAccountItStandsForTheBucketsOwnerAlone() {
        let (user, root) = (Self.user(Self.other), Subject(kind: .root, account: Self.other))
        let leave = Self.policy("Allow", "s3:*", as: .identity)
        #expect(!allows(user, .caller) && allows(user, .caller) { $0.identity = [leave] })
        #expect(!allows(user, .callersAccount) && allows(user, .callersAccount) { $0.identity = [leave] })
        #expect(!allows(user, .others) { $0.identity = [leave] })
        #expect(allows(root, .caller) && allows(root, .callersAccount) && !allows(root, .others))
    }
}
