import Door
import Formats
import SSMAPI
import SecretsManagerAPI
import World

/// A name that stands for a secret of Secrets Manager, which is read for the caller: by his rights, on his record.
/// - Source: Systems Manager User Guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters".
struct SecretReference: Sendable {
    static let prefix = "/aws/reference/secretsmanager/"

    private let name: ParameterName
    private let secret: String

    /// Nil for names that are parameters'.
    init?(_ name: ParameterName) {
        guard name.name.hasPrefix(SecretReference.prefix) else { return nil }
        (self.name, secret) = (name, String(name.name.dropFirst(SecretReference.prefix.utf8.count)))
    }

    /// The secret's value as if it were a parameter's. - Throws: `ParameterNotFound` where there is none.
    func read(decrypts: Bool?, _ calls: Calls) async throws -> SSM.Parameter {
        guard decrypts == true else {
            throw Refused.invalid("WithDecryption flag must be True for retrieving a Secret Manager secret.")
        }
        let found: SecretsManager.GetSecretValue.Output
        do {
            found = try await calls.perform(
                SecretsManager.GetSecretValue.self, input, through: "ssm.amazonaws.com")
        } catch is SecretsManager.ResourceNotFoundException {
            throw SSM.ParameterNotFound(
                message: "An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret "
                    + "\(name.given) not found.")
        }
        var shape = SSM.Parameter()
        (shape.name, shape.type, shape.value) = (name.name, .secureString, found.secretString)
        (shape.version, shape.selector, shape.sourceResult) = (0, name.selector?.text, SecretReference.source(found))
        (shape.lastModifiedDate, shape.aRN, shape.dataType) = (found.createdDate, found.aRN, "text")
        return shape
    }

    /// What follows the name is a staging label or, where it can be one, a version's id.
    private var input: SecretsManager.GetSecretValue.Input {
        var input = SecretsManager.GetSecretValue.Input(secretId: secret)
        switch name.selector {
        case nil: break
        case .version(let number): input.versionStage = String(number)
        case .label(let text) where text.utf8.count >= 32: input.versionId = text
        case .label(let text): input.versionStage = text
        }
        return input
    }

    /// The secret as Secrets Manager answered it.
    private static func source(_ found: SecretsManager.GetSecretValue.Output) -> String {
        var json = JSONWriter()
        json.beginObject()
        let members: KeyValuePairs<String, String?> = [
            "ARN": found.aRN, "name": found.name, "versionId": found.versionId, "secretString": found.secretString,
            "createdDate": found.createdDate?.iso8601,
        ]
        for (name, value) in members { if let value { json.member(name, value) } }
        json.key("versionStages")
        json.beginArray()
        for stage in found.versionStages ?? [] { json.string(stage) }
        json.endArray()
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
