import Crypto
import Door
import KeyEngine
import KMSAPI
import Smithy

/// What both operations with MACs have in common.
protocol MACOperation: WorkedQuery, OnKey {
    var engine: any KeyEngine { get }
    func algorithm(_ input: Input) -> KMS.MacAlgorithmSpec
    func message(_ input: Input) -> [UInt8]
    func isDryRun(_ input: Input) -> Bool?
}

extension MACOperation {
    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [ConditionEntry(.kmsMacAlgorithm, algorithm(input).rawValue)]
    }

    /// The key, where it authenticates so.
    func checked(_ input: Input, _ target: KeyTarget, _ facts: RequestFacts) throws -> KMSKey {
        let key = try target.usable(.generateVerifyMac, for: Shape.model.name, facts.now)
        guard key.spec.macAlgorithm?.rawValue == algorithm(input).rawValue else {
            throw Invalid.algorithm(algorithm(input).rawValue, of: key)
        }
        return key
    }

    /// Nil where the engine might wait.
    func macNow(_ input: Input, with key: KMSKey) throws -> [UInt8]? {
        let (message, material) = (message(input), try key.currentKey())
        return try KeyWork.now { () throws(KeyEngineError) in try engine.macNow(message, with: material) }
    }

    func mac(_ input: Input, with key: KMSKey) async throws -> [UInt8] {
        let (message, material) = (message(input), try key.currentKey())
        return try await KeyWork.of { () throws(KeyEngineError) in try await engine.mac(message, with: material) }
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var use = RecordedUse(keyID: keyID(input))
        use.text("macAlgorithm", algorithm(input).rawValue)
        use.dryRun(isDryRun(input))
        return use.recording(of: target?.key, facts)
    }
}
