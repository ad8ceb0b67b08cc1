/// The codes of authenticator apps and hardware tokens: HMAC-SHA-1 over the number of a 30-second step.
/// - Source: RFC 4226 (HOTP) and RFC 6238 (TOTP).
public enum OneTimePassword {
    /// Seconds that a code is shown for.
    public static let period: Int64 = 30

    /// The number of the step at a time in seconds since 1970; a device shows one code for each.
    public static func step(atSecond second: Int64) -> Int64 {
        second / period - (second % period < 0 ? 1 : 0)
    }

    /// The code of a step, as ASCII digits with leading zeros.
    /// - Parameter digits: 6 to 8.
    public static func code(of seed: borrowing SecretBytes, at step: Int64, digits: Int = 6) -> [UInt8] {
        precondition((6...8).contains(digits), "RFC 4226 knows codes of 6 to 8 digits")
        let counter = UInt64(bitPattern: step)
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> (56 - 8 * UInt64($0))) }
        let digest = HMACSHA1.authenticate(message, key: seed)
        let offset = Int(digest[19] & 15)
        var number = UInt32(digest[offset] & 0x7F)
        for byte in digest[offset + 1...offset + 3] { number = number << 8 | UInt32(byte) }
        var code = [UInt8](repeating: 0, count: digits)
        for index in code.indices.reversed() {
            code[index] = UInt8(ascii: "0") + UInt8(number % 10)
            number /= 10
        }
        return code
    }
}
