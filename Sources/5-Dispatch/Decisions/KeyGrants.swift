import Authorization
import Journal

extension KMSKeySide {
    /// As the journal keeps what was asked about a key.
    init(_ ask: Ask) {
        self.init(
            isAWSManaged: ask.side.isAWSManagedKey, grants: ask.side.grants.map(Grant.init),
            context: ask.encryptionContext)
    }
}

extension KMSKeySide.Grant {
    init(_ grant: KMSGrant) {
        self.init(
            grantee: grant.grantee, operations: grant.operations.sorted(), retiringPrincipal: grant.retiringPrincipal,
            contextSubset: grant.contextSubset, contextEquals: grant.contextEquals,
            issuingAccount: grant.issuingAccount)
    }
}

extension KMSGrant {
    init(_ grant: KMSKeySide.Grant) {
        self.init(grantee: grant.grantee, operations: Set(grant.operations))
        (retiringPrincipal, contextSubset) = (grant.retiringPrincipal, grant.contextSubset)
        (contextEquals, issuingAccount) = (grant.contextEquals, grant.issuingAccount)
    }
}
