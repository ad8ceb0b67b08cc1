import AWS
public import Door
import KMSAPI
import Storage

/// Finds keys, their aliases, tags, material and policy. What a snapshot once found it remembers.
public final class Keys: Sendable {
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
        guard let key = try find(id, in: name.account, name.region, snapshot), !key.isGone(name.asked) else {
            return nil
        }
        return key
    }

    /// The key of that id, even where its waiting period is over.
    func find(_ id: String, in account: AccountID, _ region: Region, _ snapshot: borrowing Snapshot) throws -> KMSKey? {
        try snapshot.remembered("\(account) \(region)", id) {
            Found(try KMSKey.find(id, in: account, region, policies, snapshot))
        }.key
    }

    /// What a snapshot remembers: absence too.
    private final class Found: Sendable {
        let key: KMSKey?
        init(_ key: KMSKey?) { self.key = key }
    }
}
