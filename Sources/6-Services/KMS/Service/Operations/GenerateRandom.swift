import AWS
import Authorization
import Door
import KMSAPI
import KeyEngine
import Storage

/// Random bytes of the key engine's generator: the device's own, where there is one. No key is concerned.
/// - Source: KMS API Reference, "GenerateRandom".
struct GenerateRandom: WorkedQuery {
    typealias Shape = KMS.GenerateRandom
    static var refusedMembers: [StaticString] { ["Recipient"] }
    let engine: any KeyEngine

    struct Target: Sendable {
        /// The caller's.
        let account: AccountID
        /// The custom key store that the request names, if it is there.
        let store: KeyStore?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        let store = try input.customKeyStoreId.flatMap { try KeyStore.find($0, in: account, facts.region, snapshot) }
        return Target(account: account, store: store)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        .ask(Action("kms", "GenerateRandom"), on: "*", of: target.account, keys: KeyConditions.ofService(facts))
    }

    func answerNow(_ input: Input, under permit: borrowing Permit<Target>) throws -> Output? {
        let count = try count(input, permit.target)
        return try KeyWork.now { () throws(KeyEngineError) in try engine.randomNow(count) }.map {
            Output(plaintext: $0)
        }
    }

    func answer(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Output {
        let count = try count(input, permit.target)
        return Output(plaintext: try await KeyWork.of { () throws(KeyEngineError) in try await engine.random(count) })
    }

    /// How many bytes, where they can be made as the request wants them.
    private func count(_ input: Input, _ target: Target) throws -> Int {
        guard let count = input.numberOfBytes else { throw Invalid.input("NumberOfBytes is required.") }
        if let id = input.customKeyStoreId {
            guard let store = target.store else { throw KeyStore.absence(id) }
            try store.requireConnected(to: engine.status)
        }
        return count
    }

    /// The record shows nothing of the request.
    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        Recording(isReadOnly: true, request: .none)
    }
}
