import AWS
import World

/// What a symmetric ciphertext tells of itself, in clear: whose key encrypted it, and with which of its materials.
///
/// Version (1 byte), flags (1), account (5), key id (16), number of the material (4), numbers with the highest byte first. In
/// version 2, 16 random bytes follow, which make the key of this text (decision 0015); the key engine writes and reads them.
/// No Region: the replicas of a multi-Region key open each other's texts. All of it is authenticated with the text.
struct CiphertextHeader: Sendable, Equatable {
    let account: AccountID
    /// As `KeyName.isID` has it.
    let key: String
    /// Of the material, from 1.
    let number: Int
    /// Whether the text has a key of its own: version 2.
    let derives: Bool

    static let byteCount = 27
    /// With a material that encrypts texts itself, and with one that the key of each text is derived of.
    private static let (version, derivingVersion): (UInt8, UInt8) = (1, 2)
    private static let multiRegionFlag: UInt8 = 1
    private static let multiRegionPrefix = "mrk-"
    private static let accounts: UInt64 = 1_000_000_000_000

    init(account: AccountID, key: String, number: Int, derives: Bool) {
        (self.account, self.key, self.number, self.derives) = (account, key, number, derives)
    }

    /// Nil where the bytes are no header that this server writes.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == CiphertextHeader.byteCount else { return nil }
        let bytes = Array(bytes)
        guard bytes[0] == CiphertextHeader.version || bytes[0] == CiphertextHeader.derivingVersion,
            bytes[1] <= CiphertextHeader.multiRegionFlag
        else { return nil }
        derives = bytes[0] == CiphertextHeader.derivingVersion
        let account = CiphertextHeader.number(bytes[2..<7])
        let number = CiphertextHeader.number(bytes[23..<27])
        guard account < CiphertextHeader.accounts, number > 0 else { return nil }
        let digits = String(account)
        guard let account = AccountID(String(repeating: "0", count: 12 - digits.utf8.count) + digits) else {
            return nil
        }
        let id = Hexadecimal.string(Array(bytes[7..<23]))
        (self.account, self.number) = (account, Int(number))
        key = bytes[1] == 0 ? CiphertextHeader.dashed(id) : CiphertextHeader.multiRegionPrefix + id
    }

    var bytes: [UInt8] {
        let isMultiRegion = key.hasPrefix(CiphertextHeader.multiRegionPrefix)
        guard let account = UInt64(account.description) else { preconditionFailure("an account has twelve digits") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(CiphertextHeader.byteCount)
        bytes.append(derives ? CiphertextHeader.derivingVersion : CiphertextHeader.version)
        bytes.append(isMultiRegion ? CiphertextHeader.multiRegionFlag : 0)
        CiphertextHeader.append(account, count: 5, to: &bytes)
        appendID(isMultiRegion ? 4 : 0, to: &bytes)
        CiphertextHeader.append(UInt64(number), count: 4, to: &bytes)
        return bytes
    }

    /// Two digits a byte, without dashes.
    private func appendID(_ start: Int, to bytes: inout [UInt8]) {
        var (digits, byte) = (0, UInt8(0))
        for digit in key.utf8.dropFirst(start) where digit != UInt8(ascii: "-") {
            byte = byte << 4 | (digit <= UInt8(ascii: "9") ? digit & 0x0F : (digit & 0x0F) + 9)
            digits += 1
            if digits % 2 == 0 { bytes.append(byte) }
        }
        precondition(digits == 32, "a KMS key's id is 32 hexadecimal digits")
    }

    /// What is authenticated with a text: the header and the encryption context.
    func associated(_ context: [String: String]) -> [UInt8] { bytes + EncryptionContext.encoded(context) }

    /// `1234abcd12ab…` as `1234abcd-12ab-…`.
    private static func dashed(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func append(_ number: UInt64, count: Int, to bytes: inout [UInt8]) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}

/// A symmetric ciphertext: the header, then what the key engine sealed (in version 2 what makes the text's key; nonce, text,
/// tag). To clients it is opaque.
struct Ciphertext: Sendable, Equatable {
    let header: CiphertextHeader
    let sealed: [UInt8]

    /// Nonce and tag.
    private static let overhead = 12 + 16

    init(header: CiphertextHeader, sealed: [UInt8]) { (self.header, self.sealed) = (header, sealed) }

    /// Nil where the bytes are no ciphertext of this server. That they are says nothing of whether they open.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > CiphertextHeader.byteCount + Ciphertext.overhead,
            let header = CiphertextHeader(bytes[..<CiphertextHeader.byteCount])
        else { return nil }
        (self.header, sealed) = (header, Array(bytes[CiphertextHeader.byteCount...]))
    }

    var bytes: [UInt8] { header.bytes + sealed }
}
