import Formats
import Journal
import SecretsManagerAPI
import World

/// What Secrets Manager itself does with versions, as CloudTrail tells it.
/// - Source: Secrets Manager User Guide, "AWS CloudTrail entries for Secrets Manager", "Log entries for deletion".
struct VersionEvents: Sendable {
    enum Step: String, Sendable {
        case start = "StartSecretVersionDelete"
        case cancel = "CancelSecretVersionDelete"
        case end = "EndSecretVersionDelete"
    }

    let identifiers: Identifiers

    func event(_ step: Step, of version: String, of secret: Secret, _ now: Instant) -> Event {
        var json = JSONWriter()
        json.beginObject()
        json.member("SecretId", secret.arn)
        json.member("SecretVersionId", version)
        json.endObject()
        let service = "secretsmanager.amazonaws.com"
        return Event(
            kind: .service, id: identifiers.uuid(), time: now, account: secret.account, region: secret.region,
            source: service, name: step.rawValue, isReadOnly: false, category: .management,
            identity: EventIdentity(internalTo: secret.account), sourceAddress: EventIdentity.internalName,
            userAgent: EventIdentity.internalName, requestID: "", additionalData: json.bytes,
            subjects: [Event.Subject(type: "AWS::SecretsManager::Secret", name: secret.arn)])
    }
}
