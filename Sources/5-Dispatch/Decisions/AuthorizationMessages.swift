public import AWS
import Authorization
import Formats
public import KeyVault

/// The encoded message that denials of some services carry, such as EC2's: what was denied and why, for those who may
/// decode it (`sts:DecodeAuthorizationMessage`).
///
/// It is sealed by the vault, and good for the account whose caller was denied: whoever got it learns nothing from it, and
/// no other text is taken for one.
public final class AuthorizationMessages: Sendable {
    private let vault: any KeyVault

    /// The longest message that can be decoded, in characters.
    /// - Source: STS API Reference, "DecodeAuthorizationMessage".
    public static let longest = 10_240
    /// The longest text that makes such a message: four characters for three bytes, and what sealing adds.
    private static let longestText = longest / 4 * 3 - 64

    /// Messages sealed by that vault, and read back wherever the same vault is.
    public init(_ vault: any KeyVault) { self.vault = vault }

    /// - Parameter account: the account of the caller who was denied.
    func encode(_ explanation: Explanation, for account: AccountID) throws -> String {
        let text = AuthorizationFailure.text(
            explanation, for: account, limit: AuthorizationMessages.longestText)
        return AuthorizationMessages.text(
            try vault.seal(text, for: .authorizationMessages, context: SealContext(account.description)))
    }

    /// The JSON text in a message for that account. Nil for anything else.
    public func decode(_ message: String, for account: AccountID) -> String? {
        guard message.utf8.count <= AuthorizationMessages.longest, let sealed = AuthorizationMessages.bytes(message),
            let text = try? vault.unseal(sealed, for: .authorizationMessages, context: SealContext(account.description))
        else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// Base64 in the alphabet for URLs, without padding, as AWS's are.
    private static func text(_ sealed: [UInt8]) -> String {
        String(
            decoding: Base64.encodeBytes(sealed).compactMap { byte -> UInt8? in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                case UInt8(ascii: "="): nil
                default: byte
                }
            }, as: UTF8.self)
    }

    private static func bytes(_ message: String) -> [UInt8]? {
        guard !message.utf8.contains(where: { [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "=")].contains($0) })
        else { return nil }
        let standard = message.utf8.map { byte -> UInt8 in
            byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
        }
        return Base64.decode(standard + [UInt8](repeating: UInt8(ascii: "="), count: (4 - standard.count % 4) % 4))
    }
}

extension AccessDenied {
    /// The refusal as services of EC2's kind word it: with an encoded message, where policies refused.
    func asUnauthorizedOperation(_ messages: AuthorizationMessages) throws -> UnauthorizedOperation {
        var text = "You are not authorized to perform this operation. \(message)"
        if let question, let account = question.question.subject.account {
            let explanation = explain(question.question, under: question.policies, in: question.context)
            text += ". Encoded authorization failure message: " + (try messages.encode(explanation, for: account))
        }
        return UnauthorizedOperation(message: text)
    }
}
