import Authorization
import Door
import S3API
import Smithy
import Storage

/// The policy of a bucket: what may be stored, and the two forms it has.
///
/// Users and roles it names are stored by their unique ids, so that a namesake of a deleted one gains nothing; accounts that
/// it names by their canonical ids by their ARNs.
/// - Source: S3 User Guide, "Policies and permissions in Amazon S3"; "Principals", that a canonical id may be exchanged for the
///   account's.
struct BucketPolicy: Sendable {
    static let kind = PolicyKind.resource(service: "s3")

    let names: any PrincipalNames

    /// The text to store, and whether S3 calls it public.
    func stored(
        _ document: String, for bucket: String, _ snapshot: borrowing Snapshot
    ) throws -> (text: String, isPublic: Bool) {
        try stored(document, snapshot) { BucketPolicy.mayName(bucket, $0) }
    }

    /// The same, of an access point.
    func stored(
        _ document: String, for point: AccessPointName, _ snapshot: borrowing Snapshot
    ) throws -> (text: String, isPublic: Bool) {
        try stored(document, snapshot, mayName: point.mayBeNamed)
    }

    private func stored(
        _ document: String, _ snapshot: borrowing Snapshot, mayName: (String) -> Bool
    ) throws -> (text: String, isPublic: Bool) {
        guard document.utf8.count <= PolicyQuota.bucketPolicy else {
            throw S3.MalformedPolicy(message: "Policy exceeds the maximum allowed document size.")
        }
        let policy: CompiledPolicy
        do { policy = try PolicyParser.parse(Array(document.utf8), as: BucketPolicy.kind) } catch {
            throw S3.MalformedPolicy(message: error.message)
        }
        try checkActions(policy.document)
        try checkResources(policy.document, mayName)
        let named = try namingAccounts(document, policy.document, snapshot)
        let text = try StoredPrincipals.rewriting(named, as: BucketPolicy.kind) { arn in
            switch try names.entity(arn: arn, in: snapshot) {
            case nil: return nil
            case .id(let id): return id
            case .missing: throw BucketPolicy.invalidPrincipal("AWS", arn)
            }
        }
        return (text, policy.isPublic)
    }

    /// The text as answers show it.
    func shown(_ stored: String, _ snapshot: borrowing Snapshot) throws -> String {
        try StoredPrincipals.rewriting(stored, as: BucketPolicy.kind) { try names.arn(id: $0, in: snapshot) }
    }

    /// The text with accounts by their ARNs where it names them by their canonical ids: both are the same account.
    /// - Throws: `MalformedPolicy` for an id that is no account's of this server.
    private func namingAccounts(
        _ text: String, _ document: PolicyDocument, _ snapshot: borrowing Snapshot
    ) throws -> String {
        guard document.principals.contains(where: { $0.kind == .canonicalUser }) else { return text }
        let accounts = try Dictionary(
            names.accounts(in: snapshot).map { (CanonicalUser.id(of: $0), $0) }, uniquingKeysWith: { $1 })
        let bytes = try PrincipalRewriting.exchangingCanonicalUsers(Array(text.utf8)) { id in
            guard let account = accounts[id] else { throw BucketPolicy.invalidPrincipal("CanonicalUser", id) }
            return "arn:aws:iam::\(account):root"
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Every action must be one of S3's, or all of them.
    private func checkActions(_ document: PolicyDocument) throws {
        for statement in document.statements {
            for action in (statement.action ?? []) + (statement.notAction ?? []) {
                guard action == "*" || action.lowercased().hasPrefix("s3:") else {
                    throw S3.MalformedPolicy(message: "Policy has invalid action", fields: [.init("Detail", action)])
                }
            }
        }
    }

    /// Every resource must be the one that has the policy, or lie in it.
    private func checkResources(_ document: PolicyDocument, _ mayName: (String) -> Bool) throws {
        for statement in document.statements {
            for resource in (statement.resource ?? []) + (statement.notResource ?? []) {
                guard mayName(resource) else {
                    throw S3.MalformedPolicy(
                        message: "Policy has invalid resource", fields: [.init("Detail", resource)])
                }
            }
        }
    }

    /// Whether the pattern can name the bucket or keys in it. What follows a wildcard is not looked at: whatever it is, the
    /// policy is asked only about this bucket.
    static func mayName(_ bucket: String, _ resource: String) -> Bool {
        if resource == "*" { return true }
        let parts = resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "s3", parts[3].isEmpty, parts[4].isEmpty else {
            return false
        }
        let name = parts[5].prefix { $0 != "/" }
        guard let wildcard = name.firstIndex(where: { $0 == "*" || $0 == "?" }) else { return name == bucket }
        return bucket.hasPrefix(name[..<wildcard])
    }

    private static func invalidPrincipal(_ kind: String, _ value: String) -> S3.MalformedPolicy {
        S3.MalformedPolicy(
            message: "Invalid principal in policy", fields: [.init("Detail", "\"\(kind)\" : \"\(value)\"")])
    }
}
