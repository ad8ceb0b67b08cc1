import Door
import Journal
import SecretsManagerAPI

/// How CloudTrail tells of calls about secrets: by the shapes, without values. The secret's account has a record of a
/// foreign reader.
/// - Source: Secrets Manager User Guide, "AWS CloudTrail entries for Secrets Manager".
enum SecretRecord {
    static func of(_ secret: Secret?, _ facts: RequestFacts, isReadOnly: Bool? = nil) -> Recording {
        guard let secret else { return Recording(isReadOnly: isReadOnly) }
        var recording = Recording(
            isReadOnly: isReadOnly, subjects: [Event.Subject(type: "AWS::SecretsManager::Secret", name: secret.arn)],
            owner: secret.account)
        recording.sharedWith = [secret.account]
        return recording
    }
}
