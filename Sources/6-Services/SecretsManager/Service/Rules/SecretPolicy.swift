import Authorization
import Door
import SecretsManagerAPI
import Storage

/// The policy of a secret: what may be stored, and the two forms it has.
///
/// Users and roles it names are stored by their unique ids, so that a namesake of a deleted one gains nothing.
/// - Source: Secrets Manager User Guide, "Resource-based policies".
enum SecretPolicy {
    static let kind = PolicyKind.resource(service: "secretsmanager")

    /// - Throws: `MalformedPolicyDocumentException` for what can be no policy of a secret.
    static func parsed(_ document: String) throws -> CompiledPolicy {
        let policy: CompiledPolicy
        do { policy = try PolicyParser.parse(Array(document.utf8), as: kind) } catch {
            throw malformed("This resource policy contains a syntax error.")
        }
        for statement in policy.document.statements {
            for action in (statement.action ?? []) + (statement.notAction ?? []) {
                guard action == "*" || action.lowercased().hasPrefix("secretsmanager:") else {
                    throw malformed("This resource policy contains an unsupported action: \(action).")
                }
            }
        }
        return policy
    }

    /// The text to store.
    static func stored(
        _ document: String, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot
    ) throws -> String {
        try StoredPrincipals.rewriting(document, as: kind) { arn in
            switch try names.entity(arn: arn, in: snapshot) {
            case nil: return nil
            case .id(let id): return id
            case .missing: throw malformed("This resource policy contains an unsupported principal.")
            }
        }
    }

    /// The text as answers show it.
    static func shown(_ stored: String, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot) throws -> String {
        try StoredPrincipals.rewriting(stored, as: kind) { try names.arn(id: $0, in: snapshot) }
    }

    static let broad = "The resource policy grants access to a broad range of principals."

    private static func malformed(_ message: String) -> SecretsManager.MalformedPolicyDocumentException {
        SecretsManager.MalformedPolicyDocumentException(message: message)
    }
}
