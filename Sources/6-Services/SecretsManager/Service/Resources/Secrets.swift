public import Door
import SecretsManagerAPI
import Storage

/// Finds secrets.
public struct Secrets: Sendable {
    /// Of users and roles, for policies.
    let names: any PrincipalNames
    /// Of KMS, for what requests call them by.
    let keys: any ServiceKeys
    private let policies = PolicyCache()

    /// Keeps compiled policies, and nothing else.
    public init(names: any PrincipalNames, keys: any ServiceKeys) { (self.names, self.keys) = (names, keys) }

    /// What the name leads to. Absence is a value.
    func find(_ name: SecretName, in snapshot: borrowing Snapshot) throws -> Secret? {
        let place = SecretPlace(account: name.account, region: name.region, name: name.name)
        guard let secret = try find(place, in: snapshot), !secret.isGone(name.asked) else { return nil }
        guard name.suffix == nil || name.suffix == secret.suffix else { return nil }
        return secret
    }

    /// The secret of these rows, also where its time is over.
    func find(_ place: SecretPlace, in snapshot: borrowing Snapshot) throws -> Secret? {
        try Secret.find(place, policies, snapshot)
    }
}
