import Crypto
import Formats
import World

/// Which of a device's codes somebody brought, within the time that its clock may be wrong.
///
/// Every code that could be meant is made and compared, whichever fits: how long it takes tells nothing.
/// - Source: RFC 6238, sections 5.2 and 6.
struct DeviceCodes: ~Copyable {
    private let seed: SecretBytes
    private let drift: Int64
    private let used: Int64

    /// - Parameter used: the last step whose code was taken: no code is taken twice.
    init(_ seed: consuming SecretBytes, drift: Int64, used: Int64) {
        self.seed = seed
        (self.drift, self.used) = (drift, used)
    }

    static func step(at now: Instant) -> Int64 { OneTimePassword.step(atSecond: now.seconds) }

    enum Match: Sendable, Hashable {
        /// Of this step, which no code was taken of yet.
        case fresh(Int64)
        /// A code that was taken before, or one of an earlier step.
        case used
        case none
    }

    /// One step either way, around the right time and around the time that the device had last.
    private static let tolerance: Int64 = 1
    /// How wrong the device's clock may be when it is enabled or synchronised: 50 minutes either way.
    private static let farthest: Int64 = 100

    func match(_ code: String, at now: Instant) -> Match {
        let current = DeviceCodes.step(at: now)
        let near = DeviceCodes.tolerance
        var steps = Array(current - near...current + near)
        for step in current + drift - near...current + drift + near where !steps.contains(step) { steps.append(step) }
        var match = Match.none
        for step in steps.sorted(by: >) where fits(code, step) { match = step > used ? .fresh(step) : .used }
        return match
    }

    /// The later of two steps that follow each other and have these codes.
    func match(_ first: String, _ second: String, at now: Instant) -> Int64? {
        let current = DeviceCodes.step(at: now)
        var found: Int64?
        for step in current - DeviceCodes.farthest..<current + DeviceCodes.farthest {
            let (one, two) = (fits(first, step), fits(second, step + 1))
            if one, two, step > used { found = step + 1 }
        }
        return found
    }

    private func fits(_ code: String, _ step: Int64) -> Bool {
        constantTimeEquals(OneTimePassword.code(of: seed, at: step), Array(code.utf8))
    }
}
