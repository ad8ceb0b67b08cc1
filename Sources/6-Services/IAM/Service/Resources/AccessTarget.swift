import AWS
import Authorization
import Door
import IAMAPI
import Storage
import World

/// A user, group, role or managed policy that last-accessed information is asked about, by ARN.
struct AccessTarget: Sendable {
    let kind: EntityKind
    let account: AccountID
    /// The ARN that policies are asked about.
    let arn: String
    let title: String
    let tagKeys: [ConditionEntry]
    /// The unique id; for policies the ARN. Nil where there is no such thing.
    private let id: String?
    private let name: String
    private let missing: String

    /// - Throws: `InvalidInput` where the text is no ARN of such a thing. The root user is none: it has no policies.
    init(_ text: String, in account: AccountID, orPolicy: Bool, _ snapshot: borrowing Snapshot) throws {
        self.account = account
        if orPolicy, let arn = ARN(text), arn.service == "iam", arn.resource.hasPrefix("policy/") {
            let found = try ManagedPolicy.find(arn: text, in: account, snapshot)
            (kind, self.arn, title, missing) = (.policy, text, found.title, found.missing)
            (id, name) = (found.record?.arn, found.record?.name ?? "")
            tagKeys = try Tags.resourceKeys(found.record?.id, snapshot)
            return
        }
        guard let (kind, owner, name) = SimulationSource.entity(text) else {
            throw IAM.InvalidInputException(
                message:
                    "Invalid ARN: \(text) must be that of a user, group\(orPolicy ? ", role or policy" : " or role").")
        }
        self.kind = kind
        let found = try PolicyOwner.find(kind, name, in: account, snapshot)
        // Another account's, or a path that is not the entity's own: the ARN names something else.
        let isIt = owner == account && found.arn.hasSameBytes(as: text)
        (arn, title, missing) = (text, found.title, found.missing)
        (id, self.name) = (isIt ? found.record?.id : nil, found.record?.name ?? name)
        tagKeys = isIt ? found.tagKeys : []
    }

    /// The unique id; a policy's ARN.
    func required() throws -> String {
        guard let id else { throw IAM.NoSuchEntityException(message: missing) }
        return id
    }

    /// A policy, and whose it is where it is written into a user, group or role.
    struct Granting: Sendable {
        let policy: CompiledPolicy
        let name: String
        let arn: String?
        let owner: (kind: EntityKind, name: String)?
    }

    /// The policies whose grants count: of the entity itself, for a user those of its groups too; or the policy alone.
    func policies(_ snapshot: borrowing Snapshot) throws -> [Granting] {
        let id = try required()
        guard kind != .policy else { return try [managed(id, snapshot)].compactMap { $0 } }
        var found: [Granting] = []
        try add(kind, name, id, to: &found, snapshot)
        if kind == .user, let user = try User.find(id: id, snapshot) {
            for group in try Group.list(of: user, after: "", limit: 1000, snapshot) {
                try add(.group, group.name, group.id, to: &found, snapshot)
            }
        }
        return found
    }

    private func add(
        _ kind: EntityKind, _ name: String, _ id: String, to found: inout [Granting], _ snapshot: borrowing Snapshot
    ) throws {
        for arn in try AttachedPolicies.arns(of: id, snapshot) where !found.contains(where: { $0.arn == arn }) {
            if let policy = try managed(arn, snapshot) { found.append(policy) }
        }
        for inline in try InlinePolicy.all(of: id, snapshot) {
            let policy = CompiledPolicy(stored: Array(inline.document.utf8), as: .identity)
            found.append(Granting(policy: policy, name: inline.name, arn: nil, owner: (kind, name)))
        }
    }

    private func managed(_ arn: String, _ snapshot: borrowing Snapshot) throws -> Granting? {
        guard let policy = try ManagedPolicy.find(arn: arn, in: account, snapshot).record,
            let version = try PolicyVersion.find(policy.defaultVersion, of: policy, snapshot)
        else { return nil }
        let compiled = CompiledPolicy(stored: Array(version.document.utf8), as: .managed)
        return Granting(policy: compiled, name: policy.name, arn: arn, owner: nil)
    }
}
