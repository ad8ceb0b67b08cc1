/// The text of access key ids: a prefix that tells the kind, then sixteen Base32 characters that carry the account.
///
/// Bits 1 to 40 of the eighty are the account number, so that whoever has only the id can ask whose it is.
/// - Source: AWS publishes the prefixes (IAM User Guide, "IAM identifiers"); the place of the account was found by
///   observation and is widely documented.
public enum AccessKeyID {
    public enum Kind: String, Sendable {
        case longTerm = "AKIA"
        case temporary = "ASIA"
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// - Parameter random: at least five random bytes.
    public static func make(_ kind: Kind, _ account: AccountID, random: [UInt8]) -> String {
        precondition(random.count >= 5, "an access key id needs five random bytes")
        let number = UInt64(account.description) ?? 0
        let high: UInt64 = (1 << 47) | (number << 7) | UInt64(random[0] & 0x7F)
        let tail: UInt64 = random[1..<5].reduce(0) { ($0 << 8) | UInt64($1) }
        // Forty bits each: eight letters from the account's end, eight from what is left of it and the random bytes.
        let halves: [UInt64] = [high >> 8, ((high & 0xFF) << 32) | tail]
        var letters: [UInt8] = []
        for half in halves {
            for shift in stride(from: UInt64(35), through: 0, by: -5) {
                letters.append(alphabet[Int((half >> shift) & 31)])
            }
        }
        return kind.rawValue + String(decoding: letters, as: UTF8.self)
    }

    /// The account an id carries; nil for anything that is no access key id.
    public static func account(of id: String) -> AccountID? {
        let bytes = Array(id.utf8)
        guard bytes.count == 20, id.hasPrefix(Kind.longTerm.rawValue) || id.hasPrefix(Kind.temporary.rawValue) else {
            return nil
        }
        var value: UInt64 = 0
        for byte in bytes[4..<14] {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            value = value << 5 | UInt64(digit)
        }
        // Fifty bits have been read; the account ends nine bits before their end.
        let number = String(value >> 9 & 0xFF_FFFF_FFFF)
        guard number.utf8.count <= 12 else { return nil }
        return AccountID(String(repeating: "0", count: 12 - number.utf8.count) + number)
    }
}
