import AWS
import Authorization
import Catalogue
import Crypto
import HTTP
import Testing
import World

@testable import Authentication
@testable import Door

/// Defends: policies see of every global condition key what the request really has, and nothing where it has nothing.
struct GlobalKeyTests {
    private static let now = Instant(seconds: 1_767_323_045)
    private static let session = SessionFacts(
        .assumeRole, issued: now + .seconds(-600), expires: now + .seconds(600),
        authenticatedWithMFA: now + .seconds(-60),
        sourceIdentity: "ada", federatedProvider: "accounts.google.com",
        delivery: .init(version: "2.0", instanceARN: "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc"))
    private static let provider = "arn:aws:iam::111122223333:oidc-provider/id.example.com"
    private static let signIn = "arn:aws:signin:us-east-1:111122223333:session/0abc"
    private let account: AccountID
    private let user, role, federated: Principal

    init() throws {
        account = try #require(AccountID("111122223333"))
        user = .user(UserPrincipal(account: account, name: "ada", path: "/", uniqueID: "AIDAEXAMPLE"))
        role = .roleSession(
            RoleSessionPrincipal(
                account: account, roleName: "worker", rolePath: "/staff/", roleID: "AROAEXAMPLE", sessionName: "shift"))
        federated = .federatedUser(FederatedUserPrincipal(account: account, name: "guest", issuer: nil))
    }

    /// A session that came by a provider's word, or by `aws login`.
    private func session(_ origin: SessionFacts.Origin) -> SessionFacts {
        SessionFacts(
            origin, issued: Self.now, expires: Self.now + .seconds(60), federatedProvider: Self.provider,
            signInSession: origin == .signIn ? Self.signIn : nil)
    }

    /// What a policy sees of `key` in a call of `principal`.
    private func value(
        _ key: String, _ principal: Principal, session: SessionFacts? = nil, tls: Bool = true,
        action: Action = Action("s3", "ListBucket"), keys: [ConditionEntry] = [], through services: [String] = []
    ) throws -> ContextValue? {
        let isAnonymous = principal == .anonymous
        let credential = Credential(
            accessKeyID: "AKIAEXAMPLE", secret: SecretBytes(Array("secret".utf8)), version: 1, principal: principal,
            session: session)
        let caller = Caller(
            principal: principal, credential: isAnonymous ? nil : credential,
            method: isAnonymous ? .anonymous : .header, signatureVersion: isAnonymous ? nil : .version4, signed: nil,
            signatureAge: nil, signedHeaderList: [])
        let raw = Array("user-agentclient/1refererhttp://x".utf8)
        let fields = [
            RequestHead.Field(name: 0..<10, value: 10..<18), RequestHead.Field(name: 18..<25, value: 25..<33),
        ]
        let head = RequestHead(
            raw: raw, method: 0..<0, target: 0..<0, fields: fields, isHTTP11: true,
            connection: ConnectionFacts(
                peerAddress: "198.51.100.7", isLoopback: false, localPort: 443,
                tls: tls ? TLSFacts(version: "TLSv1.3", cipherSuite: "x") : nil))
        var facts = RequestFacts(
            caller: caller, region: try #require(Region("eu-west-1")), now: Self.now, requestID: "r", head: head)
        for service in services { facts = facts.forwarded(by: service, requestID: "r") }
        let policies = CallerPolicies(tags: [("Team", "red")])
        let owner = try #require(AccountID("444455556666"))
        let (known, asked) = (GlobalContext(facts, policies), ConditionKey(key))
        let value = known.context(keys, for: action, of: owner).value(of: asked)
        #expect(known.sought(keys, for: action, of: owner).value(of: asked) == value)
        return value
    }

    private func single(_ key: String, _ principal: Principal, session: SessionFacts? = nil, tls: Bool = true) throws
        -> String?
    {
        guard case .single(let text)? = try value(key, principal, session: session, tls: tls) else { return nil }
        return text
    }

    @Test func noKeyOfTheCatalogueIsForgotten() {
        // Each key AWS defines has an origin here, and there are no others.
        #expect(GlobalConditionKeys.all.count == 61)
        #expect(
            Set(GlobalKey.allCases.map(\.rawValue)) == Set(GlobalConditionKeys.all.map { $0.key.family ?? $0.key.name })
        )
    }

    @Test func whatIsSaidToBeFilledIsAndNothingElse() throws {
        // The page of origins tells the truth, and values have the declared cardinality.
        let callers: [(Principal, SessionFacts?)] = [
            (.root(account), nil), (user, nil), (role, Self.session), (federated, Self.session),
            (role, session(.assumeRoleWithWebIdentity)), (user, session(.signIn)),
            (.service("cloudtrail.amazonaws.com"), nil), (.anonymous, nil),
        ]
        let own = RequestFacts(
            by: "logging.s3.amazonaws.com", for: ServiceSource(arn: "arn:aws:s3:::box", account: account),
            region: .usEast1, now: Self.now, requestID: "r")
        let called = GlobalContext(own, CallerPolicies(tags: []))
        for key in GlobalKey.allCases {
            let name = key.rawValue + (key.rawValue.hasSuffix("/") ? "team" : "")
            var values = try callers.compactMap { try value(name, $0.0, session: $0.1) }
            if let forwarded = try value(name, user, through: ["s3.amazonaws.com"]) { values.append(forwarded) }
            let context = called.context([], for: Action("s3", "PutObject"), of: account)
            if let asked = context.value(of: ConditionKey(name)) { values.append(asked) }
            switch key.origin {
            case .filled: #expect(!values.isEmpty, "\(name)")
            case .byService, .absent: #expect(values.isEmpty, "\(name)")
            }
            let isMultivalued = try #require(GlobalConditionKeys.find(name)).key.isMultivalued
            for value in values {
                if case .multiple = value {
                    #expect(isMultivalued, "\(name)")
                } else {
                    #expect(!isMultivalued, "\(name)")
                }
            }
        }
    }

    @Test func forwardedCallsTellTheServicesAndNotTheWire() throws {
        // IAM User Guide, aws:CalledVia and what stands beside it; "Forward access sessions" on the address.
        let services = ["a.amazonaws.com", "b.amazonaws.com"]
        func seen(_ key: String) throws -> ContextValue? { try value(key, user, tls: false, through: services) }
        #expect(try seen("aws:CalledVia") == .multiple(services))
        #expect(try seen("aws:CalledViaFirst") == .single("a.amazonaws.com"))
        #expect(try seen("aws:CalledViaLast") == .single("b.amazonaws.com"))
        #expect(try seen("aws:ViaAWSService") == .single("true"))
        #expect(try seen("aws:SecureTransport") == .single("true"))
        #expect(try seen("aws:UserAgent") == .single("b.amazonaws.com"))
        #expect(try seen("aws:SourceIp") == .single("198.51.100.7"))
        #expect(try seen("aws:referer") == nil)
        #expect(try seen("aws:username") == .single("ada"))
        #expect(try value("aws:ViaAWSService", user) == .single("false"))
        #expect(try value("aws:CalledVia", user) == nil)
        // It does so with temporary keys, which no second factor was given for.
        #expect(try seen("aws:MultiFactorAuthPresent") == .single("false"))
    }

    @Test func identityProvidersAreNamedAndVouchForNoSecondFactor() throws {
        for (origin, provider) in [
            (SessionFacts.Origin.assumeRoleWithWebIdentity, Self.provider), (.assumeRoleWithSAML, nil),
        ] {
            #expect(try single("aws:MultiFactorAuthPresent", role, session: session(origin)) == nil)
            #expect(try single("aws:FederatedProvider", role, session: session(origin)) == provider)
        }
        func bearer(_ kind: BearerPrincipal.Kind) -> Principal {
            .bearer(
                BearerPrincipal(kind: kind, provider: Self.provider, identityProvider: "x", userID: "x", userName: "x"))
        }
        #expect(try single("aws:FederatedProvider", bearer(.webIdentity)) == Self.provider)
        #expect(try single("aws:FederatedProvider", bearer(.saml)) == nil)
        #expect(try single("aws:SignInSessionArn", user, session: session(.signIn)) == Self.signIn)
        #expect(try single("aws:SignInSessionArn", user) == nil)
    }

    @Test func principalKeysAreThoseOfTheTable() throws {
        // IAM User Guide, the table of values for each kind of caller.
        let rows: [(Principal, String?, String?, String?, String?, String?)] = [
            (.root(account), nil, "111122223333", "Account", "arn:aws:iam::111122223333:root", "111122223333"),
            (user, "ada", "AIDAEXAMPLE", "User", "arn:aws:iam::111122223333:user/ada", "111122223333"),
            (
                role, nil, "AROAEXAMPLE:shift", "AssumedRole", "arn:aws:iam::111122223333:role/staff/worker",
                "111122223333"
            ),
            (
                federated, nil, "111122223333:guest", "FederatedUser",
                "arn:aws:sts::111122223333:federated-user/guest", "111122223333"
            ),
            (.anonymous, nil, "anonymous", "Anonymous", nil, "anonymous"),
            (.service("sns.amazonaws.com"), nil, nil, nil, nil, nil),
        ]
        for (principal, name, id, type, arn, account) in rows {
            #expect(try single("aws:username", principal) == name)
            #expect(try single("aws:userid", principal) == id)
            #expect(try single("aws:PrincipalType", principal) == type)
            #expect(try single("aws:PrincipalArn", principal) == arn)
            #expect(try single("aws:PrincipalAccount", principal) == account)
        }
    }

    @Test func longTermKeysHaveNothingOfASession() throws {
        // `Bool: {"aws:MultiFactorAuthPresent": "false"}` must not match a long-term key: the key is absent.
        for key in ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:TokenIssueTime", "aws:SourceIdentity"]
        {
            #expect(try single(key, user) == nil)
        }
        let without = SessionFacts(.assumeRole, issued: Self.now, expires: Self.now + .seconds(60))
        #expect(try single("aws:MultiFactorAuthPresent", role, session: without) == "false")
        #expect(try single("aws:MultiFactorAuthAge", role, session: without) == nil)
        #expect(try single("aws:MultiFactorAuthPresent", role, session: Self.session) == "true")
        #expect(try single("aws:MultiFactorAuthAge", role, session: Self.session) == "60")
        #expect(try single("aws:TokenIssueTime", role, session: Self.session) == "2026-01-02T02:54:05Z")
        #expect(try single("ec2:RoleDelivery", role, session: without) == nil)
        #expect(try single("ec2:RoleDelivery", role, session: Self.session) == "2.0")
        #expect(
            try single("ec2:SourceInstanceArn", role, session: Self.session)
                == "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc")
    }

    @Test func servicesAndStrangersAreToldApart() throws {
        // A policy that spares AWS services spares nobody else.
        #expect(try single("aws:PrincipalIsAWSService", user) == "false")
        #expect(try single("aws:PrincipalIsAWSService", .anonymous) == nil)
        let service = Principal.service("sns.amazonaws.com")
        #expect(try single("aws:PrincipalIsAWSService", service) == "true")
        #expect(try single("aws:PrincipalServiceName", service) == "sns.amazonaws.com")
        #expect(try value("aws:PrincipalServiceNamesList", service) == .multiple(["sns.amazonaws.com"]))
        #expect(try single("aws:PrincipalServiceName", user) == nil)
    }

    @Test func theRequestIsSeenAsItCame() throws {
        // Connection, head, clock and owner; services with one endpoint lie in us-east-1, however a client signs.
        #expect(try single("aws:SourceIp", user) == "198.51.100.7")
        #expect(try single("aws:SecureTransport", user) == "true")
        #expect(try single("AWS:SECURETRANSPORT", user, tls: false) == "false")
        #expect(try single("aws:UserAgent", user) == "client/1")
        #expect(try single("aws:Referer", user) == "http://x")
        #expect(try single("aws:CurrentTime", user) == "2026-01-02T03:04:05Z")
        #expect(try single("aws:EpochTime", user) == "1767323045")
        #expect(try single("aws:RequestedRegion", user) == "eu-west-1")
        #expect(try value("aws:RequestedRegion", user, action: Action("iam", "GetUser")) == .single("us-east-1"))
        #expect(try single("aws:ResourceAccount", user) == "444455556666")
        #expect(try single("aws:PrincipalTag/TEAM", user) == "red")
        #expect(try single("aws:PrincipalTag/other", user) == nil)
        #expect(try single("aws:PrincipalTag/", user) == nil)
    }

    @Test func servicesFillTheirOwnKeys() throws {
        // What a service passes is seen with its cardinality, whatever the count of values.
        let keys = [
            ConditionEntry(.awsTagKeys, ["Team"]), ConditionEntry(.awsRequestTag("Team"), "blue"),
            ConditionEntry(.awsResourceTag("Team"), "red"),
        ]
        #expect(try value("aws:TagKeys", user, keys: keys) == .multiple(["Team"]))
        #expect(try value("aws:requesttag/team", user, keys: keys) == .single("blue"))
        #expect(try value("aws:ResourceTag/Team", user, keys: keys) == .single("red"))
    }
}
