import AWS
import Authorization
import Door
import STSAPI
import Storage

/// The policies that narrow a session, checked.
///
/// Managed ones go into the session by ARN: ten of them would be longer than a request's head may be, and a change of one
/// is in force for sessions that have begun.
/// - Source: STS API Reference, "AssumeRole": Policy, PolicyArns; IAM and STS quotas; that ARNs are looked up anew:
///   radkawar/stackd `docs/saml-federation.md`, commit 9dc356f.
struct SessionPolicies {
    let inline: String?
    let arns: [String]
    /// How much of the space for session policies is used, 1 to 100; nil where none was passed.
    let packedPercent: Int?

    /// - Parameter tags: bytes of the same space that the session's tags take.
    init(
        _ inline: String?, _ descriptors: [STS.PolicyDescriptorType]?, beside tags: Int = 0, _ account: AccountID,
        _ roles: any RoleDirectory, _ snapshot: borrowing Snapshot
    ) throws {
        arns = (descriptors ?? []).compactMap(\.arn)
        guard arns.count <= PolicyQuota.sessionManagedARNs else {
            throw STS.PackedPolicyTooLargeException(
                message: "At most \(PolicyQuota.sessionManagedARNs) managed session policies can be passed.")
        }
        if let inline {
            do { _ = try PolicyParser.parse(Array(inline.utf8), as: .session) } catch {
                throw STS.MalformedPolicyDocumentException(message: error.message)
            }
        }
        for arn in arns {
            guard try roles.managedPolicyDocument(arn: arn, for: account, in: snapshot) != nil else {
                throw STS.MalformedPolicyDocumentException(
                    message: "Policy \(arn) does not exist or is not attachable.")
            }
        }
        let size = tags + (inline?.utf8.count ?? 0) + arns.reduce(0) { $0 + $1.utf8.count }
        guard size <= PolicyQuota.session else {
            throw STS.PackedPolicyTooLargeException(
                message:
                    "Packed policy consumes \(size * 100 / PolicyQuota.session)% of allotted space, please use smaller policy."
            )
        }
        self.inline = inline
        packedPercent = inline == nil && arns.isEmpty && tags == 0 ? nil : max(1, size * 100 / PolicyQuota.session)
    }
}
