public import AWS
public import Authentication
public import HTTP
import Journal
public import World

/// Who calls, when, from where and how: what the gate knows of a request beside its typed input.
public final class RequestFacts: Sendable {
    public let caller: Caller
    /// The account whose resources the call is about: the caller's own. Anonymous callers have none.
    public let account: AccountID?
    public let region: Region
    /// The product's time, read once for the whole request.
    public let now: Instant
    public let requestID: String
    private let head: RequestHead
    /// Whether the request promises a digest of its body, by Content-MD5 or a checksum. Only S3 has such requests.
    public let hasBodyDigest: Bool
    /// Whether it is a form that a browser posted to S3.
    public let isForm: Bool
    /// When the caller proved a second factor, with this call or when the session began; nil if never.
    public let authenticatedWithMFA: Instant?
    /// What a proof told besides, or what was found before the decision, for the other steps of the operation that asked.
    public let evidence: (any Sendable)?
    /// The services through which the call came, the first that was called first: `s3.amazonaws.com`. Empty where the
    /// caller made it.
    public let calledVia: [String]
    /// Of a call that a service makes in its own name for a resource: that resource.
    public let source: ServiceSource?
    /// The service that makes the call with a session of a role which was passed to it, as S3 does when it replicates. Nil
    /// where the session's owner made it.
    public let actingService: String?
    /// For the log of the bucket that a request is about; nil where nobody reads one.
    public let notes: RequestNotes?
    /// What the request's host has right before a name of this server, where a bucket may stand or an access point; nil
    /// where there is nothing, or the name of an endpoint tells what it is.
    public let hostLabel: String?
    /// Of a lengthy operation whose answer leaves over a connection.
    private let answerRoom: AnswerRoom?

    public init(
        caller: Caller, region: Region, now: Instant, requestID: String, head: RequestHead, hasBodyDigest: Bool = false,
        actingService: String? = nil, isForm: Bool = false, notes: RequestNotes? = nil, hostLabel: String? = nil
    ) {
        (self.actingService, self.isForm, self.hostLabel) = (actingService, isForm, hostLabel)
        (self.caller, self.region, self.now, self.requestID) = (caller, region, now, requestID)
        account = caller.principal.account
        (self.head, self.hasBodyDigest) = (head, hasBodyDigest)
        authenticatedWithMFA = caller.session?.authenticatedWithMFA
        evidence = nil
        calledVia = []
        (source, self.notes, answerRoom) = (nil, notes, nil)
    }

    /// Of a call by a service of this server, whose bodies need no digest.
    init(by service: String, for source: ServiceSource, region: Region, now: Instant, requestID: String) {
        (caller, self.region, self.now, self.requestID) = (.service(service), region, now, requestID)
        (account, head, hasBodyDigest, authenticatedWithMFA) = (nil, .none, true, nil)
        (evidence, calledVia, self.source, actingService, notes, isForm) = (nil, [], source, nil, nil, false)
        (hostLabel, answerRoom) = (nil, nil)
    }

    private init(
        _ facts: RequestFacts, caller: Caller, authenticatedWithMFA: Instant?, evidence: (any Sendable)? = nil,
        calledVia: [String]? = nil, requestID: String? = nil, region: Region? = nil, answerRoom: AnswerRoom? = nil
    ) {
        self.answerRoom = answerRoom
        actingService = facts.actingService
        self.evidence = evidence
        self.calledVia = calledVia ?? facts.calledVia
        (self.caller, self.authenticatedWithMFA) = (caller, authenticatedWithMFA)
        (self.region, now, self.requestID) = (region ?? facts.region, facts.now, requestID ?? facts.requestID)
        account = caller.principal.account
        (head, hasBodyDigest, isForm) = (facts.head, facts.hasBodyDigest, facts.isForm)
        hostLabel = facts.hostLabel
        // What a service does on the way is not the request's own.
        (source, notes) = (facts.source, requestID == nil ? facts.notes : nil)
    }

    /// The same request, whose answer counts.
    func answering(in room: AnswerRoom) -> RequestFacts {
        RequestFacts(
            self, caller: caller, authenticatedWithMFA: authenticatedWithMFA, evidence: evidence, answerRoom: room)
    }

    /// Takes room for an answer of so many bytes, before it is made.
    /// - Throws: where there is none; the request may come again.
    public func takeRoom(forAnswerOf count: Int) throws { try answerRoom?.take(count) }

    /// The same request, by a caller who proved a second factor with it.
    public func withSecondFactor() -> RequestFacts {
        RequestFacts(self, caller: caller, authenticatedWithMFA: now)
    }

    /// The same request without a signature, by whom an identity provider vouches for.
    public func brought(by bearer: BearerPrincipal, showing evidence: (any Sendable)? = nil) -> RequestFacts {
        RequestFacts(self, caller: .bearer(bearer), authenticatedWithMFA: nil, evidence: evidence)
    }

    /// The same request, with what was found for the decision.
    public func showing(_ evidence: any Sendable) -> RequestFacts {
        RequestFacts(self, caller: caller, authenticatedWithMFA: authenticatedWithMFA, evidence: evidence)
    }

    /// A call of a service in the caller's name, for this request.
    /// - Parameter region: nil for the request's own.
    func forwarded(by service: String, requestID: String, to region: Region? = nil) -> RequestFacts {
        RequestFacts(
            self, caller: caller, authenticatedWithMFA: authenticatedWithMFA, calledVia: calledVia + [service],
            requestID: requestID, region: region)
    }

    /// The service behind the call, where it is one: that came in the caller's name, or that acts with his session.
    var invoker: String? { calledVia.last ?? actingService }

    /// A call of the caller's own that this request asked for.
    func repeated(requestID: String) -> RequestFacts {
        RequestFacts(self, caller: caller, authenticatedWithMFA: authenticatedWithMFA, requestID: requestID)
    }

    /// Where the request came from, and how.
    public var connection: ConnectionFacts { head.connection }
    /// The `User-Agent` header. This and the others are read from the head when asked for, which is once or never.
    public var userAgent: String? { head.text("user-agent") }
    /// The `Host` header as sent.
    public var host: String? { head.text("host") }
    /// The `Referer` header as sent.
    public var referer: String? { head.text("referer") }
    /// The `x-amz-content-sha256` header as sent.
    public var contentHash: String? { head.text("x-amz-content-sha256") }

    /// A header that an operation of the sign-in service reads itself, such as a proof of possession. Nil where it is not
    /// there exactly once.
    public func only(_ header: StaticString) -> String? { head.only(header).map { head.text($0) } }

    /// The same request without a signature, by whom a token was given to that came with it.
    public func signedIn(as caller: Caller) -> RequestFacts {
        RequestFacts(self, caller: caller, authenticatedWithMFA: caller.session?.authenticatedWithMFA)
    }

    /// The caller's account, for services where no anonymous call gets this far.
    public func signedAccount() throws -> AccountID {
        guard let account else { throw AccessDenied.anonymous }
        return account
    }
}

extension Caller {
    /// The caller as CloudTrail names it. - Parameter service: that called in the caller's name, if one did.
    func eventIdentity(through service: String? = nil) -> EventIdentity {
        EventIdentity(
            principal: principal, accessKeyID: accessKeyID ?? "",
            session: session.map {
                EventIdentity.Session(
                    created: $0.issued, isMFAAuthenticated: $0.authenticatedWithMFA != nil,
                    sourceIdentity: $0.sourceIdentity, ec2RoleDelivery: $0.delivery?.version,
                    webIdentityProvider: $0.origin == .assumeRoleWithWebIdentity ? $0.federatedProvider : nil)
            }, invokedBy: service)
    }

    /// The name of the calling user; nil for everybody else.
    public var userName: String? {
        if case .user(let user) = principal { return user.name }
        return nil
    }
}
