import KeyVault
import PKCS11
import World

/// What opens a data folder waits for the HSM, before there is a server that could answer anybody. It does not wait for ever.
enum DeviceDeadline {
    /// Opening takes some calls, so it may take some times as long as one.
    private static let calls = 3

    /// Runs `body`, which may call the tokens of these protections, on a thread that can be given up.
    /// - Parameter log: is told where it takes a while.
    /// - Throws: `SetupError` where the time ends before; and what `body` throws.
    static func keep<Result: Sendable>(
        _ protections: RootProtection..., log: Log? = nil, _ body: @escaping @Sendable () throws -> Result
    ) throws -> Result {
        let tokens = protections.compactMap { if case .hsm(let token) = $0 { token } else { nil } }
        guard let token = tokens.max(by: { $0.settings.patience < $1.settings.patience }) else { return try body() }
        let time = token.settings.patience * calls
        do {
            return try token.threads.wait(patience: time) {
                log?(.info, "waiting for the HSM", ["token": "\(token.settings.choice)", "seconds": "\(time / 1000)"])
            } _: {
                try body()
            }
        } catch is DeviceThreads.Refusal {
            throw SetupError(
                """
                the HSM (\(token.settings.choice) of \(token.module.path)) did not answer within \(time / 1000) seconds.
                Try it with its vendor's tools; where it only takes its time, give it more with --hsm-timeout SECONDS, of which
                opening the data may take \(calls) times as much.
                """)
        }
    }
}
