import AWS
import Door
import Journal
import KMSAPI
import Smithy
import Storage

/// An operation on a key that the caller's account owns, named by its id or its ARN and not by an alias.
/// - Source: KMS API Reference, "Cross-account use: No" of each.
protocol OnOwnKey: OnKey {}

extension OnOwnKey {
    static var isOwnersAlone: Bool { true }
    static var takesAliases: Bool { false }
}

/// A change of one such key, where its state allows it.
protocol KeyChange: Change, OnOwnKey {
    /// Its row in the table of states.
    static var row: KeyOperation { get }
    /// Whether a key of this kind could do it in any state. Asked first. Default: yes.
    func check(_ key: KMSKey) throws
    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
}

extension KeyChange {
    func check(_ key: KMSKey) throws {}

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let key = try permit.target.required()
        try check(key)
        try key.require(Self.row, permit.facts.now)
        return try change(key, input, permit.facts, in: &transaction)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        KMSRecord.ofChange(target?.key, facts, isTold: Shape.model.hasOutput)
    }
}
