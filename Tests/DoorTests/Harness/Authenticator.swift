import Crypto
import Formats
import World

/// An authenticator app: a seed, and the codes it shows.
struct Authenticator: Sendable {
    private let seed: [UInt8]

    /// - Parameter answer: of CreateVirtualMFADevice.
    init?(_ answer: Answer) {
        guard let text = answer.text("Base32StringSeed").flatMap(Base64.decode),
            let seed = Base32.decode(String(decoding: text, as: UTF8.self))
        else { return nil }
        self.seed = seed
    }

    /// The code that is shown at a time, some steps later or earlier.
    func code(_ now: Instant, _ steps: Int64 = 0) -> String {
        let step = OneTimePassword.step(atSecond: now.seconds) + steps
        return String(decoding: OneTimePassword.code(of: SecretBytes(seed), at: step), as: UTF8.self)
    }

    /// Two codes in a row as a request brings them, the first of that step.
    func pair(_ now: Instant, _ steps: Int64) -> [String: Value] {
        ["AuthenticationCode1": .text(code(now, steps)), "AuthenticationCode2": .text(code(now, steps + 1))]
    }
}
