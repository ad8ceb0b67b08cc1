public import AWS
public import Authorization
public import Storage

/// Users and roles as policies of resources name them: by ARN where people write, by unique id where we store, so that a
/// namesake of a deleted one gains nothing. IAM implements it.
public protocol PrincipalNames: Sendable {
    /// What an ARN names; nil where it is no ARN of a user or role.
    func entity(arn: String, in snapshot: borrowing Snapshot) throws -> PrincipalEntity?
    /// The id of the role of that name, as the ARNs of its sessions have it; nil where there is none.
    func roleID(named name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> String?
    /// The ARN of the user or role of that id (`AIDA…`, `AROA…`); nil where there is none.
    func arn(id: String, in snapshot: borrowing Snapshot) throws -> String?
    /// Every account of this server.
    func accounts(in snapshot: borrowing Snapshot) throws -> [AccountID]
}

/// What an ARN of a user or role stands for.
public enum PrincipalEntity: Sendable, Equatable {
    case id(String)
    /// There is no such user or role.
    case missing
}

/// Rewrites the principals of policy texts between their written and their stored form.
public enum StoredPrincipals {
    /// Replaces the `AWS` principals for which `name` gives another text; everything else stays byte for byte.
    public static func rewriting(
        _ document: String, as kind: PolicyKind, _ name: (String) throws -> String?
    ) throws -> String {
        let text = Array(document.utf8)
        var names: [String: String] = [:]
        for mention in CompiledPolicy(stored: text, as: kind).document.principals where mention.kind == .aws {
            names[mention.value] = try name(mention.value)
        }
        return names.isEmpty ? document : String(decoding: try PrincipalRewriting.rewrite(text, names), as: UTF8.self)
    }
}
