import AWS
import Door
import Journal
import KMSAPI
import Smithy
import Storage
import World

/// Gives a key a name.
/// - Source: KMS API Reference, "CreateAlias"; KMS Developer Guide, "Controlling access to aliases".
struct CreateAlias: Change {
    typealias Shape = KMS.CreateAlias
    let keys: Keys

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AliasTarget {
        try AliasTarget(input.aliasName, leadingTo: input.targetKeyId, keys, facts, snapshot)
    }

    func access(_ input: Input, to target: AliasTarget, for facts: RequestFacts) throws -> Access {
        target.ask(Shape.model.name, facts)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<AliasTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (target, now) = (permit.target, permit.facts.now)
        guard let key = try target.next?.required() else { throw Invalid.input("Invalid identifier") }
        guard target.alias == nil else {
            throw KMS.AlreadyExistsException(message: "An alias with the name \(target.arn) already exists")
        }
        try key.require(.createAlias, now)
        guard key.aliases.count < AliasName.limit else {
            throw KMS.LimitExceededException(message: "\(key.arn) has as many aliases as a key can have.")
        }
        try Alias.write(target.name, leadingTo: key, now, &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: AliasTarget?, _ facts: RequestFacts) -> Recording {
        KMSRecord.ofAlias(target, facts)
    }
}

/// Has an alias lead to another key, of the same kind and for the same use.
/// - Source: KMS API Reference, "UpdateAlias".
struct UpdateAlias: Change {
    typealias Shape = KMS.UpdateAlias
    let keys: Keys

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AliasTarget {
        try AliasTarget(input.aliasName, leadingTo: input.targetKeyId, keys, facts, snapshot)
    }

    func access(_ input: Input, to target: AliasTarget, for facts: RequestFacts) throws -> Access {
        target.ask(Shape.model.name, facts)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<AliasTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (target, now) = (permit.target, permit.facts.now)
        let alias = try target.required()
        guard let key = try target.next?.required() else { throw Invalid.input("Invalid identifier") }
        try key.require(.createAlias, now)
        if let current = target.current?.key {
            guard current.usage == key.usage, current.spec.family == key.spec.family else {
                throw Invalid.input(
                    "The alias \(alias.arn) can only lead to a key of the same type and key usage as \(current.arn).")
            }
        }
        guard alias.key == key.id || key.aliases.count < AliasName.limit else {
            throw KMS.LimitExceededException(message: "\(key.arn) has as many aliases as a key can have.")
        }
        try alias.lead(to: key, now, &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: AliasTarget?, _ facts: RequestFacts) -> Recording {
        KMSRecord.ofAlias(target, facts)
    }
}

/// Takes a name from a key.
/// - Source: KMS API Reference, "DeleteAlias".
struct DeleteAlias: Change {
    typealias Shape = KMS.DeleteAlias
    let keys: Keys

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AliasTarget {
        try AliasTarget(input.aliasName, leadingTo: nil, keys, facts, snapshot)
    }

    func access(_ input: Input, to target: AliasTarget, for facts: RequestFacts) throws -> Access {
        target.ask(Shape.model.name, facts)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<AliasTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().remove(&transaction)
        return Output()
    }

    func recording(_ input: Input, of target: AliasTarget?, _ facts: RequestFacts) -> Recording {
        KMSRecord.ofAlias(target, facts)
    }
}

/// The aliases of the caller's account in this Region, or of one of its keys.
/// - Source: KMS API Reference, "ListAliases".
struct ListAliases: Query, OnAccount {
    typealias Shape = KMS.ListAliases
    static var hasConditionsOfCalls: Bool { false }
    let keys: Keys

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try Page(input.limit, input.marker, ordinary: 50, most: 100)
        let key = try input.keyId.map { text in
            let name = try KeyName(text, for: permit.facts)
            guard case .id(let id) = name.part else { throw name.unfit }
            guard name.account == permit.target, try keys.find(name, in: snapshot) != nil else { throw name.absence }
            return id
        }
        let all = try Alias.list(
            of: key, in: permit.target, permit.facts.region, after: page.after, limit: page.fetch, snapshot)
        let (some, marker) = page.cut(all, key: \.name)
        return Output(aliases: some.map(\.shape), nextMarker: marker, truncated: marker != nil)
    }
}
