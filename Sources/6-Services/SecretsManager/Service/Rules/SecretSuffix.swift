import Crypto

/// The six characters that end the ARN of a secret. They tell it from one that had its name before.
enum SecretSuffix {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// The same for the same request, however often it is looked at: the policies are asked about the ARN before there is
    /// the secret. A request's id is random.
    static func of(request id: String) -> String {
        let digest = SHA256.hash(Array(("secret " + id).utf8))
        var number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var text: [UInt8] = []
        for _ in 0..<SecretName.suffixLength {
            text.append(alphabet[Int(number % UInt64(alphabet.count))])
            number /= UInt64(alphabet.count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
