public import AWS

/// Whose records count: those of a user, of a role in all its sessions, of one session, or of the root user.
public struct PrincipalFilter: Sendable {
    public let arn: ARN
    /// The role's name, if the ARN is a role's.
    private let role: String?

    /// Nil for what is no ARN of an IAM user, a role, a session or the root user.
    public init?(_ text: String) {
        guard let arn = ARN(text), ["iam", "sts"].contains(arn.service), arn.accountID != nil else { return nil }
        let kind = arn.resource.prefix { $0 != "/" }
        guard ["user", "role", "root", "assumed-role", "federated-user"].contains(kind),
            kind == "root" || arn.resource.count > kind.count + 1
        else { return nil }
        self.arn = arn
        role = kind == "role" ? arn.resource.split(separator: "/").last.map(String.init) : nil
    }

    /// The account the principal belongs to.
    public var account: String { String(arn.account) }
    public var isRole: Bool { role != nil }

    func matches(_ record: CloudTrailRecord) -> Bool {
        let identity = record.identity
        if identity.arn == arn.description { return true }
        guard let role else { return false }
        if let issuer = identity.issuerARN { return issuer == arn.description }
        return identity.arn.hasPrefix("arn:\(arn.partition):sts::\(arn.account):assumed-role/\(role)/")
    }
}
