public import AWS

/// One (action, resource) pair that a request must be allowed.
public struct Question: Sendable {
    public var subject: Subject
    public var action: ActionName
    public var resource: ResourceName
    /// The account that owns the resource; nil counts as the caller's own.
    public var resourceAccount: AccountID?
    /// True if the resource lies in the organization's management account: no RCP applies.
    public var isResourceInManagementAccount = false
    /// True for a KMS key that AWS manages: no RCP applies.
    public var isAWSManagedKey = false
    /// True if a service-linked role is to be assumed: no RCP applies.
    public var isServiceLinkedTarget = false
    /// False for actions without resource types, which no RCP reaches.
    public var hasResourceType: Bool
    /// The encryption context of a KMS request, for grant constraints.
    public var encryptionContext: [String: String] = [:]

    /// - Parameters:
    ///   - resource: what is acted on; `ResourceName.none` where the action has no resource types.
    ///   - account: the resource's owner; nil counts as the caller's own account.
    @inline(__always)
    public init(_ subject: Subject, _ action: ActionName, on resource: ResourceName, of account: AccountID?) {
        self.subject = subject
        self.action = action
        self.resource = resource
        resourceAccount = account
        hasResourceType = !resource.isNone
    }

    var isUnderRCPs: Bool {
        hasResourceType && !isResourceInManagementAccount && !isAWSManagedKey && !isServiceLinkedTarget
            && !subject.isServiceLinked && !isRetireGrant
    }

    var isRetireGrant: Bool { action.service == "kms" && action.name == "retiregrant" }
}
