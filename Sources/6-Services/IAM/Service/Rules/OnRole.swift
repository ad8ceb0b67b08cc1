import Door
import IAMAPI
import Storage

/// An operation on a role by its name.
protocol OnRole: Operation where Target == Found<Role> {
    func roleName(_ input: Input) -> String
}

extension OnRole {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Found<Role> {
        let found = try Role.find(roleName(input), in: facts.signedAccount(), snapshot)
        return try found.tagged(by: found.record?.id, snapshot)
    }

    func access(_ input: Input, to target: Found<Role>, for facts: RequestFacts) throws -> Access {
        let boundary = target.record?.boundary.map { [ConditionEntry(.iamPermissionsBoundary, $0)] } ?? []
        return try ask(on: target.arn, facts, keys: target.tagKeys + boundary, as: target.title)
    }
}

extension Role {
    /// How much of a role an answer shows: a list leaves out boundary and last use, a brief one its session length too, and
    /// what shows a role within something else even its description.
    enum View { case whole, listed, brief, within }

    /// The shape of an answer.
    func shape(_ view: View, tags: [IAM.Tag]? = nil, _ snapshot: borrowing Snapshot) throws -> IAM.Role {
        IAM.Role(
            path: path, roleName: name, roleId: id, arn: arn, createDate: created,
            assumeRolePolicyDocument: PolicyText.encoded(try TrustPolicy.shown(trust, snapshot)),
            description: view == .within ? nil : description,
            maxSessionDuration: view == .whole || view == .listed ? maximumSession : nil,
            permissionsBoundary: view == .whole ? boundary.map(Boundary.shape) : nil, tags: tags,
            roleLastUsed: view == .whole ? try lastUsed(snapshot) : nil)
    }

    /// Empty where the role was never used.
    func lastUsed(_ snapshot: borrowing Snapshot) throws -> IAM.RoleLastUsed {
        let last = try GatheredUses.last(of: id, snapshot)
        return IAM.RoleLastUsed(lastUsedDate: last?.time, region: last?.region)
    }
}
