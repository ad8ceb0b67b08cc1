import AWS
import Door
import Storage
import World

/// One device, whose code is always the same and good once.
final class FakeFactors: SecondFactors {
    static let serial = "arn:aws:iam::111122223333:mfa/root"
    static let code = "123456"
    static let header = serial + " " + code
    private let isUsed = Lock(false)

    func devices(of principal: Principal, in snapshot: borrowing Snapshot) -> [SecondFactor] { [] }

    func check(
        code: String, serial: String?, of principal: Principal, from place: FactorPlace, now: Instant
    ) -> FactorCheck {
        guard serial == FakeFactors.serial else { return .noDevice }
        let wasUsed = isUsed.withLock { isUsed in
            defer { if code == FakeFactors.code { isUsed = true } }
            return isUsed
        }
        return code == FakeFactors.code && !wasUsed ? .proved(serial: FakeFactors.serial) : .wrong
    }

    /// The next code, which happens to look like the last.
    func turn() { isUsed.withLock { $0 = false } }
}
