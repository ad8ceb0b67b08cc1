package import AWS
package import Authentication
package import HTTP
import Journal
package import World

/// Who calls, when, from where and how: what the gate knows of a request beside its typed input.
package struct RequestFacts: Sendable {
    package let caller: Caller
    /// The account whose resources the call is about: the caller's own. Anonymous callers have none.
    package let account: AccountID?
    package let region: Region
    /// The product's time, read once for the whole request.
    package let now: Instant
    package let requestID: String
    package let connection: ConnectionFacts
    package let userAgent: String?
    package let host: String?
    package let referer: String?
    /// The `x-amz-content-sha256` header as sent.
    package let contentHash: String?
    /// Whether the request promises a digest of its body, by Content-MD5 or a checksum. Only S3 has such requests.
    package let hasBodyDigest: Bool

    package init(
        caller: Caller, region: Region, now: Instant, requestID: String, connection: ConnectionFacts,
        userAgent: String?,
        host: String?, referer: String?, contentHash: String? = nil, hasBodyDigest: Bool = false
    ) {
        (self.caller, self.region, self.now, self.requestID) = (caller, region, now, requestID)
        account = caller.principal.account
        (self.connection, self.userAgent, self.host, self.referer) = (connection, userAgent, host, referer)
        (self.contentHash, self.hasBodyDigest) = (contentHash, hasBodyDigest)
    }

    /// The caller's account, for services where no anonymous call gets this far.
    package func signedAccount() throws -> AccountID {
        guard let account else { throw AccessDenied.anonymous }
        return account
    }
}

extension Caller {
    /// The caller as CloudTrail names it.
    var eventIdentity: EventIdentity {
        EventIdentity(
            principal: principal, accessKeyID: accessKeyID ?? "",
            session: session.map {
                EventIdentity.Session(
                    created: $0.issued, isMFAAuthenticated: $0.authenticatedWithMFA != nil,
                    sourceIdentity: $0.sourceIdentity)
            })
    }

    /// The name of the calling user; nil for everybody else.
    package var userName: String? {
        if case .user(let user) = principal { return user.name }
        return nil
    }
}
