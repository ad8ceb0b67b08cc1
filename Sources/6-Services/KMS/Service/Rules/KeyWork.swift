import KMSAPI
import KeyEngine

/// What the key engine could not do, in KMS's errors. Why it is unavailable is for its operator, who finds it in the log;
/// callers hear one sentence.
enum KeyWork {
    /// - Parameter key: nil where none is concerned yet.
    static func of<Result>(
        _ work: () async throws(KeyEngineError) -> Result
    ) async throws -> Result {
        do { return try await work() } catch { throw refusal(error) }
    }

    static func now<Result>(_ work: () throws(KeyEngineError) -> Result) throws -> Result {
        do { return try work() } catch { throw refusal(error) }
    }

    /// The one error of KMS's that every operation has.
    static let unavailable = KMS.KMSInternalException(
        message: "The key engine cannot be used at the moment. You can retry the request.")

    /// Before a key that was made is stored. One that was made just before a change of the root, and is stored only after its
    /// end, would be under a root that is gone: it is to be made again.
    static func requireKept(_ keys: WrappedKey?..., by engine: any KeyEngine) throws {
        for key in keys { guard key.map({ engine.keeps($0) }) ?? true else { throw unavailable } }
    }

    static func refusal(_ error: KeyEngineError) -> any Error {
        switch error {
        case .invalid(let reason): KMS.ValidationException(message: reason)
        case .unsupported: KMS.UnsupportedOperationException(message: "\(error).")
        case .unavailable: unavailable
        case .notOurs, .failed: error
        }
    }
}
