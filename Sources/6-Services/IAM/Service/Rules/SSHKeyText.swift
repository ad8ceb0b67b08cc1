import Crypto
import Formats
import IAMAPI
import World

/// A public key for SSH, in the two forms people write it.
///
/// AWS takes RSA keys only, of at least 2,048 bits.
/// - Source: IAM API Reference, "UploadSSHPublicKey"; RFC 4253, section 6.6 (the form of the blob).
struct SSHKeyText {
    /// As the SSH protocol has it: three texts with their lengths, `ssh-rsa`, the exponent, the modulus.
    let blob: [UInt8]

    private static let algorithm = Array("ssh-rsa".utf8)
    private static let leastBits = 2048

    /// What a user wrote: `ssh-rsa AAAA… comment`, or PEM.
    init(_ text: String) throws {
        let trimmed = text.trimmingSpace
        let key: RSAPublicKey?
        if trimmed.hasPrefix("-----BEGIN CERTIFICATE") {
            throw SSHKeyText.unrecognized
        } else if trimmed.hasPrefix("-----BEGIN ") {
            key = RSAPublicKey(pem: Array((trimmed + "\n").utf8))
        } else {
            let words = trimmed.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = words.first, ["ssh-", "ecds", "sk-s"].contains(where: { first.hasPrefix($0) }) else {
                throw SSHKeyText.unrecognized
            }
            guard first == "ssh-rsa", words.count > 1 else { throw SSHKeyText.invalid }
            key = Base64.decode(Array(words[1].utf8)).flatMap(SSHKeyText.key)
        }
        guard let key else { throw SSHKeyText.invalid }
        guard key.bits >= SSHKeyText.leastBits else {
            throw IAM.InvalidPublicKeyException(
                message: "The public key has \(key.bits) bits. It must have at least \(SSHKeyText.leastBits).")
        }
        blob = SSHKeyText.blob(key)
    }

    /// As it is in the store.
    init(stored blob: [UInt8]) { self.blob = blob }

    /// What is in no form of a public key at all.
    /// - Source: certificates among it as captured from AWS in radkawar/stackd, `docs/iam-certificates.md`, commit 9dc356f.
    private static let unrecognized = IAM.UnrecognizedPublicKeyEncodingException(
        message: "Invalid public key uploaded. It must be in ssh-rsa format or in PEM format.")
    private static let invalid = IAM.InvalidPublicKeyException(
        message: "The public key is malformed, or it is not an RSA key.")

    /// The MD5 digest of the blob, as `ssh-keygen -E md5` prints it.
    var fingerprint: String {
        let digits = MD5.hash(blob).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return digits.joined(separator: ":")
    }

    var ssh: String { "ssh-rsa " + Base64.encode(blob) }

    /// Nil only where the stored bytes are damaged.
    var pem: String? { SSHKeyText.key(blob).map { String(decoding: $0.pem, as: UTF8.self) } }

    private static func key(_ blob: [UInt8]) -> RSAPublicKey? {
        var rest = blob[...]
        guard let name = field(&rest), Array(name) == algorithm, let exponent = field(&rest),
            let modulus = field(&rest), rest.isEmpty
        else { return nil }
        return RSAPublicKey(modulus: Array(modulus), exponent: Array(exponent))
    }

    /// A text with its length in four bytes before it.
    private static func field(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= 4 else { return nil }
        let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        bytes = bytes.dropFirst(4)
        guard length <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(length) }
        return bytes.prefix(length)
    }

    private static func blob(_ key: RSAPublicKey) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in [algorithm, positive(key.exponent), positive(key.modulus)] {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: field.count >> shift)) }
            bytes += field
        }
        return bytes
    }

    /// A zero before a number that would read as negative.
    private static func positive(_ number: [UInt8]) -> [UInt8] { (number.first ?? 0) > 127 ? [0] + number : number }
}

extension String {
    /// Without white space at both ends.
    var trimmingSpace: String {
        let rest = drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(rest[...last])
    }
}
