import AWS
import Authorization
import Door
import STSAPI
import Storage

/// The policies that narrow a session, checked.
/// - Source: STS API Reference, "AssumeRole": Policy, PolicyArns; IAM and STS quotas.
struct SessionPolicies {
    let documents: [String]
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
        var documents: [String] = []
        if let inline {
            do { _ = try PolicyParser.parse(Array(inline.utf8), as: .session) } catch {
                throw STS.MalformedPolicyDocumentException(message: error.message)
            }
            documents.append(inline)
        }
        for arn in arns {
            guard let document = try roles.managedPolicyDocument(arn: arn, for: account, in: snapshot) else {
                throw STS.MalformedPolicyDocumentException(
                    message: "Policy \(arn) does not exist or is not attachable.")
            }
            documents.append(document)
        }
        let size = tags + (inline?.utf8.count ?? 0) + arns.reduce(0) { $0 + $1.utf8.count }
        guard size <= PolicyQuota.session else {
            throw STS.PackedPolicyTooLargeException(
                message:
                    "Packed policy consumes \(size * 100 / PolicyQuota.session)% of allotted space, please use smaller policy."
            )
        }
        self.documents = documents
        packedPercent = documents.isEmpty && tags == 0 ? nil : max(1, size * 100 / PolicyQuota.session)
    }
}
