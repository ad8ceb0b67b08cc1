import AWS
import Authorization
import Door
import Journal
import KMSAPI
import Smithy
import Storage

/// An operation on a key that the request names.
protocol OnKey: Operation where Target == KeyTarget {
    var keys: Keys { get }
    /// As the request says it.
    func keyID(_ input: Input) -> String
    /// Condition keys that only this operation has.
    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry]
    /// The tokens of grants that may not be in force yet elsewhere. Here every grant is, at once; tokens that are none are
    /// refused.
    func grantTokens(_ input: Input) -> [String]?
    /// The encryption context that grants may constrain.
    func encryptionContext(_ input: Input) -> [String: String]?
    /// What the caller's grants are looked for; nil for what no grant gives, or where they are looked for apart. Default: the
    /// operation, with its encryption context.
    func grantUse(_ input: Input) -> GrantUse?
    /// Refuses what is longer than the service takes and the model does not bound, before the policies are asked: what they
    /// are asked grows with it, and so does the record. Default: nothing but the encryption context.
    func bound(_ input: Input) throws
    /// Whether only the key's account may do it, whatever policies say. Default: no.
    static var isOwnersAlone: Bool { get }
    /// Whether an alias may name the key. Default: yes.
    static var takesAliases: Bool { get }
}

extension OnKey {
    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] { [] }
    func grantTokens(_ input: Input) -> [String]? { nil }
    func encryptionContext(_ input: Input) -> [String: String]? { nil }
    func grantUse(_ input: Input) -> GrantUse? { GrantUse(Shape.model.name, encryptionContext(input)) }
    func bound(_ input: Input) throws {}
    static var isOwnersAlone: Bool { false }
    static var takesAliases: Bool { true }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyTarget {
        try found(input, for: facts, in: snapshot)
    }

    /// The key that the request names.
    func found(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyTarget {
        try bound(input)
        try EncryptionContext.check(encryptionContext(input))
        let name = try KeyName(keyID(input), for: facts)
        if !Self.takesAliases, case .alias = name.part { throw name.unfit }
        if Self.isOwnersAlone, name.account != facts.account {
            throw AccessDenied("The operation \(Shape.model.name) cannot be used for a key of another account.")
        }
        try GrantTokens.check(grantTokens(input), facts, snapshot)
        return try keys.target(name, facts, for: grantUse(input), snapshot)
    }

    func access(_ input: Input, to target: KeyTarget, for facts: RequestFacts) throws -> Access {
        .ask(ask(Shape.model.name, input, target, facts))
    }

    /// The question about the key, with the keys of this operation and of its encryption context.
    func ask(_ action: String, _ input: Input, _ target: KeyTarget, _ facts: RequestFacts) -> Ask {
        let context = encryptionContext(input)
        return target.ask(
            Action("kms", action), facts,
            keys: conditions(input, target.key) + KeyConditions.of(context: context), context: context ?? [:])
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        KMSRecord.of(target?.key, facts)
    }
}
