package import AWS

/// One (action, resource) pair that a request must be allowed.
package struct Question: Sendable {
    package var subject: Subject
    package var action: ActionName
    package var resource: ResourceName
    /// The account that owns the resource; nil counts as the caller's own.
    package var resourceAccount: AccountID?
    /// True if the resource lies in the organization's management account: no RCP applies.
    package var isResourceInManagementAccount = false
    /// True for a KMS key that AWS manages: no RCP applies.
    package var isAWSManagedKey = false
    /// True if a service-linked role is to be assumed: no RCP applies.
    package var isServiceLinkedTarget = false
    /// False for actions without resource types, which no RCP reaches.
    package var hasResourceType: Bool
    /// The encryption context of a KMS request, for grant constraints.
    package var encryptionContext: [String: String] = [:]

    package init(_ subject: Subject, _ action: ActionName, on resource: ResourceName, of account: AccountID?) {
        (self.subject, self.action, self.resource, resourceAccount) = (subject, action, resource, account)
        hasResourceType = !resource.isNone
    }

    var isUnderRCPs: Bool {
        hasResourceType && !isResourceInManagementAccount && !isAWSManagedKey && !isServiceLinkedTarget
            && !subject.isServiceLinked && !isRetireGrant
    }

    var isRetireGrant: Bool { action.service == "kms" && action.name == "retiregrant" }
}
