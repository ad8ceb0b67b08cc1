public import AWS
public import Authorization
import Catalogue

/// Everything that is known offline: principals, the organization's policies, policies of resources, and the request.
public struct Estate: Sendable {
    /// The policies that hang on one node of the organization: the root, an OU, the account.
    public struct Level: Sendable {
        /// As people know it.
        public let name: String
        /// A union.
        public var policies: [NamedPolicy]

        /// A level with its policies.
        public init(name: String, policies: [NamedPolicy]) { (self.name, self.policies) = (name, policies) }
    }

    /// Users, groups and roles.
    public var dump = AccountDump()
    /// From the root down; nil without an organization.
    public var scps: [Level]?
    public var rcps: [Level]?
    public var resourcePolicies: [(arn: String, text: [UInt8], name: String)] = []
    /// Given beside the dump, for whoever is asked about.
    public var identity: [NamedPolicy] = []
    public var boundary: NamedPolicy?
    public var session: [NamedPolicy]?
    public var context: [(key: String, values: [String])] = []
    /// Keys known to be absent.
    public var absentKeys: Set<ConditionKey> = []
    public var managementAccount: AccountID?
    /// The owner of resources whose ARN names no account. Nil: the account of the dump, or the caller's.
    public var resourceAccount: AccountID?
    /// Layers that are left out.
    public var ignored: Set<Layer> = []

    /// Nothing is known yet.
    public init() {}

    /// The whole of a layer replaced by what is known of a caller, without what is to be ignored.
    func policies(of entity: AccountDump.Entity?) -> PolicySet {
        var set = PolicySet()
        let own = entity.map { dump.policies(of: $0) }
        set.identity = (own?.identity ?? []) + identity
        if !ignored.contains(.boundary) { set.boundary = boundary ?? own?.boundary }
        if !ignored.contains(.session) { set.session = session }
        if !ignored.contains(.scp) { set.scps = scps?.map(\.policies) }
        if !ignored.contains(.rcp) { set.rcps = rcps?.map(\.policies) }
        return set
    }

    /// The policy of a resource: one given for it (a bucket's counts for its objects), or a role's trust policy of the dump.
    public func resourcePolicy(of resource: String) -> (policy: NamedPolicy, kind: PolicySet.ResourceKind)? {
        guard !ignored.contains(.resource) else { return nil }
        let arn = ARN(resource)
        let isRole = arn?.service == "iam" && arn?.resource.hasPrefix("role/") == true
        let isKey = arn?.service == "kms"
        let kind: PolicySet.ResourceKind = isRole ? .roleTrust : isKey ? .kmsKey : .standard
        let given = resourcePolicies.first { entry in
            entry.arn == resource || arn?.service == "s3" && resource.hasPrefix(entry.arn + "/")
        }
        if let given {
            let policyKind: PolicyKind =
                isRole ? .trust : isKey ? .keyPolicy : .resource(service: arn.map { String($0.service) } ?? "")
            return (NamedPolicy(CompiledPolicy(stored: given.text, as: policyKind), name: given.name), kind)
        }
        guard isRole, let role = dump.entities.first(where: { $0.arn == resource }), let trust = role.trust else {
            return nil
        }
        return (trust, kind)
    }

    /// The declared type decides whether a key is multivalued: the service's own, else the global one.
    static func isMultivalued(_ key: String, _ count: Int) -> Bool {
        let prefix = key.split(separator: ":").first.map(String.init) ?? ""
        if let known = ServiceAuthorization.find(prefix)?.key(key) ?? GlobalConditionKeys.find(key)?.key {
            return known.isMultivalued
        }
        return count > 1
    }
}
