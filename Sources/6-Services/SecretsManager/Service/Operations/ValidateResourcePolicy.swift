import Authorization
import Door
import Journal
import SecretsManagerAPI
import Storage

/// Tells what speaks against a policy: faults of syntax, broad access, and that its author could not change it any more.
/// - Source: Secrets Manager API Reference, "ValidateResourcePolicy".
struct ValidateResourcePolicy: Query {
    typealias Shape = SecretsManager.ValidateResourcePolicy
    let secrets: Secrets

    /// The secret that the policy is for; without one, it is any of the caller's account.
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> SecretTarget {
        let name = try SecretName(input.secretId ?? "*", for: facts)
        var target = SecretTarget(
            name: name, secret: input.secretId == nil ? nil : try secrets.find(name, in: snapshot))
        if (try? SecretPolicy.parsed(input.resourcePolicy)) != nil,
            let text = try? SecretPolicy.stored(input.resourcePolicy, secrets.names, snapshot)
        {
            target.proposed = CompiledPolicy(stored: Array(text.utf8), as: SecretPolicy.kind)
        }
        return target
    }

    func access(_ input: Input, to target: SecretTarget, for facts: RequestFacts) throws -> Access {
        let now = target.ask("ValidateResourcePolicy")
        guard let proposed = target.proposed, target.secret != nil else { return .ask(now) }
        let next = target.ask("PutResourcePolicy").with(ResourceSide(policy: proposed))
        return .hinted([now], hint: next)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<SecretTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        if input.secretId != nil { _ = try permit.target.living() }
        var errors: [SecretsManager.ValidationErrorsEntry] = []
        do {
            let policy = try SecretPolicy.parsed(input.resourcePolicy)
            _ = try SecretPolicy.stored(input.resourcePolicy, secrets.names, snapshot)
            if policy.isPublic { errors.append(.init(checkName: "PUBLIC_POLICY", errorMessage: SecretPolicy.broad)) }
        } catch let error as SecretsManager.MalformedPolicyDocumentException {
            errors.append(.init(checkName: "POLICY_SYNTAX", errorMessage: error.message))
        }
        if case .denied = permit.hint {
            errors.append(
                .init(
                    checkName: "LOCKOUT",
                    errorMessage: "The resource policy would not let you change the secret's policy again."))
        }
        return Output(policyValidationPassed: errors.isEmpty, validationErrors: errors)
    }

    func recording(_ input: Input, of target: SecretTarget?, _ facts: RequestFacts) -> Recording {
        SecretRecord.of(target?.secret, facts, isReadOnly: true)
    }
}
