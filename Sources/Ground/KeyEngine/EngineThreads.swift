import Crypto
import World

extension BlockingPool {
    /// Runs on a thread of the pool; a full or closed pool is an engine that is unavailable.
    func engineRun<Result: Sendable>(
        _ body: @escaping @Sendable () throws(KeyEngineError) -> Result
    ) async throws(KeyEngineError) -> Result {
        let outcome: Swift.Result<Result, KeyEngineError>
        do {
            outcome = try await run {
                do throws(KeyEngineError) { return .success(try body()) } catch { return .failure(error) }
            }
        } catch { throw .unavailable("it has more to do than it can") }
        return try outcome.get()
    }
}

/// A secret on its way to another thread.
final class SecretBox: Sendable {
    let secret: SecretBytes

    init(_ secret: consuming SecretBytes) { self.secret = secret }
}
