import AWS
import Authorization
import Door
import KMSAPI
import Storage

/// What a call about an alias is about: the alias, the key it leads to, and the key it is to lead to.
struct AliasTarget: Sendable {
    let account: AccountID
    let region: Region
    let name: String
    /// Nil where there is none.
    let alias: Alias?
    let current: KeyTarget?
    let next: KeyTarget?

    var arn: String { KMSKey.arn(account, region, alias: name) }

    /// - Parameter target: the key that the alias is to lead to, as the request says it; nil where it does not.
    init(
        _ name: String, leadingTo target: String?, _ keys: Keys, _ facts: RequestFacts, _ snapshot: borrowing Snapshot
    ) throws {
        try AliasName.check(name)
        (account, region, self.name) = (try facts.signedAccount(), facts.region, name)
        alias = try Alias.find(name, in: account, region, snapshot)
        current = try alias.map { try keys.target(KeyName($0.key, for: facts), facts, snapshot) }
        next = try target.map { target in
            let name = try KeyName(target, for: facts)
            guard case .id = name.part else { throw Invalid.input("Aliases must refer to keys. Not aliases") }
            guard name.account == facts.account else {
                throw AccessDenied("An alias cannot lead to a key of another account.")
            }
            return try keys.target(name, facts, snapshot)
        }
    }

    /// The same question about the alias and about each key.
    func ask(_ action: String, _ facts: RequestFacts) -> Access {
        let action = Action("kms", action)
        let own = Ask(action, on: arn, of: account, keys: KeyConditions.ofCall(facts))
        var asks = [own]
        var asked: Set<String> = []
        for target in [current, next].compactMap({ $0 }) where asked.insert(target.name.arn).inserted {
            asks.append(target.ask(action, facts))
        }
        return .ask(asks)
    }

    func required() throws -> Alias {
        guard let alias else { throw KMS.NotFoundException(message: "Alias \(arn) is not found.") }
        return alias
    }
}
