import Crypto
import Testing

@Suite struct OneTimePasswordTests {
    // Defends: the codes of RFC 6238, appendix B (SHA-1, eight digits).
    @Test(
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)]) func timed(_ second: Int64, _ code: String)
    {
        let seed = SecretBytes(bytes("12345678901234567890"))
        let step = OneTimePassword.step(atSecond: second)
        #expect(OneTimePassword.code(of: seed, at: step, digits: 8) == bytes(code))
        #expect(OneTimePassword.code(of: seed, at: step) == bytes(String(code.suffix(6))))
    }

    // Defends: the codes of RFC 4226, appendix D.
    @Test func counted() {
        let seed = SecretBytes(bytes("12345678901234567890"))
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        for (step, code) in codes.enumerated() {
            #expect(OneTimePassword.code(of: seed, at: Int64(step)) == bytes(code))
        }
    }

    @Test func stepsFollowEachOther() {
        #expect([-31, -30, -1, 0, 29, 30].map { OneTimePassword.step(atSecond: $0) } == [-2, -1, -1, 0, 0, 1])
    }
}
