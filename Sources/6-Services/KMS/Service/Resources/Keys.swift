public import Door
import KMSAPI
import Storage

/// Finds keys, their aliases, tags, material and policy. What a snapshot once found it remembers.
public struct Keys: Sendable {
    /// Of users and roles, for key policies and grants.
    let names: any PrincipalNames
    private let policies = PolicyCache()

    /// Keeps compiled policies, and nothing else.
    public init(names: any PrincipalNames) { self.names = names }

    /// What the name leads to. Absence is a value.
    func find(_ name: KeyName, in snapshot: borrowing Snapshot) throws -> KMSKey? {
        let id: String
        switch name.part {
        case .id(let own): id = own
        case .alias(let alias):
            guard let found = try Alias.find(alias, in: name.account, name.region, snapshot) else { return nil }
            id = found.key
        }
        let found = try snapshot.remembered("\(name.account) \(name.region)", id) {
            Found(try KMSKey.find(id, in: name.account, name.region, policies, snapshot))
        }
        guard let key = found.key, !key.isGone(name.asked) else { return nil }
        return key
    }

    /// What a snapshot remembers: absence too.
    private final class Found: Sendable {
        let key: KMSKey?
        init(_ key: KMSKey?) { self.key = key }
    }
}
