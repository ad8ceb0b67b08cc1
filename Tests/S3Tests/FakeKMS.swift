import AWS
import Door
import KMSAPI
import Smithy
import Storage
import World

/// Keys of a KMS that asks nobody's policies: data keys are told from one another, and open in their context alone.
final class FakeKeys: Sendable {
    struct Asked: Sendable {
        let operation: String
        let key: String
        let context: [String: String]
        let through: [String]
    }

    private let asked = Lock<[Asked]>([])
    /// What every call is answered with in place of an answer.
    let refusal = Lock<(any ServiceError)?>(nil)
    /// What S3's own key is refused with when it is looked for.
    let ownRefusal = Lock<(any ServiceError)?>(nil)
    /// Where names lead, as ARNs.
    let names = Lock<[String: String]>([:])
    private let kept = Lock<[[UInt8]: (clear: [UInt8], context: [String: String])]>([:])

    var calls: [Asked] { asked.withLock { $0 } }

    func arn(of name: String) -> String { names.withLock { $0[name] } ?? "arn:of:" + name }

    func note(_ call: Asked) throws {
        asked.withLock { $0.append(call) }
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
    }

    func make(_ context: [String: String]) -> (clear: [UInt8], text: [UInt8]) {
        kept.withLock { kept in
            let number = UInt8(kept.count)
            let clear = [UInt8](repeating: number, count: 32)
            kept[[0xEE, number]] = (clear, context)
            return (clear, [0xEE, number])
        }
    }

    func open(_ text: [UInt8], _ context: [String: String]) throws -> [UInt8] {
        guard let found = kept.withLock({ $0[text] }), found.context == context else {
            throw KMS.InvalidCiphertextException(message: "")
        }
        return found.clear
    }
}

protocol FakeOperation: WorkedQuery where Target == Bool {}

extension FakeOperation {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Bool { true }
    func access(_ input: Input, to target: Bool, for facts: RequestFacts) throws -> Access {
        .signedIn(reason: "a fake")
    }
}

struct FakeGenerateDataKey: FakeOperation {
    typealias Shape = KMS.GenerateDataKey
    let keys: FakeKeys

    func answer(_ input: Input, under permit: borrowing Permit<Bool>) async throws -> Output {
        let context = input.encryptionContext ?? [:]
        try keys.note(
            .init(operation: "GenerateDataKey", key: input.keyId, context: context, through: permit.facts.calledVia))
        let made = keys.make(context)
        return Output(ciphertextBlob: made.text, plaintext: made.clear, keyId: keys.arn(of: input.keyId))
    }
}

struct FakeDecrypt: FakeOperation {
    typealias Shape = KMS.Decrypt
    let keys: FakeKeys

    func answer(_ input: Input, under permit: borrowing Permit<Bool>) async throws -> Output {
        let context = input.encryptionContext ?? [:]
        try keys.note(
            .init(operation: "Decrypt", key: input.keyId ?? "", context: context, through: permit.facts.calledVia))
        return Output(keyId: input.keyId, plaintext: try keys.open(input.ciphertextBlob ?? [], context))
    }
}

/// One key of KMS for S3, for everybody.
struct OneServiceKey: ServiceKeys {
    let keys: FakeKeys

    func key(for service: String, of account: AccountID, in region: Region) async throws -> String {
        if let refusal = keys.ownRefusal.withLock({ $0 }) { throw refusal }
        return "aws/\(service) of \(account)"
    }

    func arn(
        named text: String, by account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> String? { keys.names.withLock { $0[text] } }
}
