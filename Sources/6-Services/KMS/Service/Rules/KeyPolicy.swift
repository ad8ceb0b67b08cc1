import AWS
import Authorization
import Door
import KMSAPI
import Storage

/// The policy of a key: what may be stored, and the two forms it has.
///
/// Users and roles it names are stored by their unique ids, so that a namesake of a deleted one gains nothing.
/// - Source: KMS Developer Guide, "Key policies in AWS KMS".
enum KeyPolicy {
    /// Bytes.
    /// - Source: KMS API Reference, "PutKeyPolicy".
    static let longest = 32_768

    /// The only name that a policy has.
    static let name = "default"

    static func requireName(_ name: String?) throws {
        guard name ?? self.name == self.name else { throw KMS.NotFoundException(message: "No such policy exists") }
    }

    /// What a key has whose maker gave none: the account decides by its IAM policies.
    static func ordinary(_ account: AccountID, _ region: Region) -> String {
        """
        {
          "Version" : "2012-10-17",
          "Id" : "key-default-1",
          "Statement" : [ {
            "Sid" : "Enable IAM User Permissions",
            "Effect" : "Allow",
            "Principal" : {
              "AWS" : "arn:\(region.partition):iam::\(account):root"
            },
            "Action" : "kms:*",
            "Resource" : "*"
          } ]
        }
        """
    }

    /// The text to store.
    static func stored(_ document: String, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot) throws -> String
    {
        guard document.utf8.count <= longest else {
            throw KMS.LimitExceededException(message: "The key policy is longer than \(longest) bytes.")
        }
        do throws(PolicyError) {
            let text = Array(document.utf8)
            _ = try PolicyParser.parse(text, as: .keyPolicy)
            try KeyPolicyControls.check(text)
        } catch { throw KMS.MalformedPolicyDocumentException(message: error.message) }
        return try StoredPrincipals.rewriting(document, as: .keyPolicy) { arn in
            switch try names.entity(arn: arn, in: snapshot) {
            case nil: return nil
            case .id(let id): return id
            case .missing:
                throw KMS.MalformedPolicyDocumentException(
                    message: "Policy contains a statement with one or more invalid principals.")
            }
        }
    }

    /// The text as answers show it.
    static func shown(_ stored: String, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot) throws -> String {
        try StoredPrincipals.rewriting(stored, as: .keyPolicy) { try names.arn(id: $0, in: snapshot) }
    }

    /// The refusal of a policy that would shut its author out for ever.
    /// - Source: KMS Developer Guide, "Default key policy": the lock-out safety check.
    static let lockedOut = KMS.MalformedPolicyDocumentException(
        message: "The new key policy will not allow you to update the key policy in the future.")
}
