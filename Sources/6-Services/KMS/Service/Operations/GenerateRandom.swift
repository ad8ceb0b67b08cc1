import AWS
import Authorization
import Door
import KMSAPI
import KeyEngine
import Storage

/// Random bytes of the key engine's generator. No key is concerned.
/// - Source: KMS API Reference, "GenerateRandom".
struct GenerateRandom: WorkedQuery {
    typealias Shape = KMS.GenerateRandom
    static var refusedMembers: [StaticString] { ["CustomKeyStoreId", "Recipient"] }
    let engine: any KeyEngine

    /// The caller's account.
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to account: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("kms", "GenerateRandom"), on: "*", of: account, keys: KeyConditions.ofService(facts))
    }

    func answerNow(_ input: Input, under permit: borrowing Permit<AccountID>) throws -> Output? {
        let count = try count(input)
        return try KeyWork.now { () throws(KeyEngineError) in try engine.randomNow(count) }.map {
            Output(plaintext: $0)
        }
    }

    func answer(_ input: Input, under permit: borrowing Permit<AccountID>) async throws -> Output {
        let count = try count(input)
        return Output(plaintext: try await KeyWork.of { () throws(KeyEngineError) in try await engine.random(count) })
    }

    private func count(_ input: Input) throws -> Int {
        guard let count = input.numberOfBytes else { throw Invalid.input("NumberOfBytes is required.") }
        return count
    }

    /// The record shows nothing of the request.
    func recording(_ input: Input, of account: AccountID?, _ facts: RequestFacts) -> Recording {
        Recording(isReadOnly: true, request: .none)
    }
}
