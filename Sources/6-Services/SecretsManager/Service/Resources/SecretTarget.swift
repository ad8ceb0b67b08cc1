import AWS
import Authorization
import Door
import SecretsManagerAPI

/// What a call is about: a secret that was named, if it is there, and those of its versions that the call needs.
struct SecretTarget: Sendable {
    let name: SecretName
    let secret: Secret?
    /// With their ciphertexts.
    var versions: [StoredVersion] = []
    /// The KMS key that it is to have; nil where the request names none.
    var key: GivenKey?
    /// The policy that it would have; nil where none is proposed.
    var proposed: CompiledPolicy?

    /// The secret; told only to who may know.
    func required() throws -> Secret {
        guard let secret else { throw Refused.notFound }
        return secret
    }

    /// The secret, which must not be marked for deletion.
    func living() throws -> Secret {
        let secret = try required()
        guard secret.deletion == nil else { throw Refused.markedDeleted }
        return secret
    }

    /// The question whether the caller may do this to the secret.
    /// - Parameter tags: those the secret will have; nil for those it has.
    func ask(_ action: String, keys: [ConditionEntry] = [], tags: [SecretsManager.Tag]? = nil) -> Ask {
        guard let secret else {
            return Ask(
                Action("secretsmanager", action), on: name.arn, of: name.account, keys: keys, title: name.given)
        }
        return Ask(
            Action("secretsmanager", action), on: secret.arn, of: secret.account,
            side: ResourceSide(policy: secret.policy), keys: keys + SecretConditions.of(secret, tags: tags),
            title: name.given)
    }
}
