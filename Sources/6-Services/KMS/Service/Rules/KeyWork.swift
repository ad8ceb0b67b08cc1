import KMSAPI
import KeyEngine

/// What the key engine could not do, in KMS's errors.
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

    static func refusal(_ error: KeyEngineError) -> any Error {
        switch error {
        case .invalid(let reason): KMS.ValidationException(message: reason)
        case .unsupported: KMS.UnsupportedOperationException(message: "\(error).")
        case .unavailable: KMS.KeyUnavailableException(message: "\(error). You can retry the request.")
        case .notOurs, .failed: error
        }
    }
}
