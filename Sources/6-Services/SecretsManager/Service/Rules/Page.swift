import Formats
import SecretsManagerAPI

/// Secrets Manager's paging: an opaque token that tells where the page before ended.
enum Page {
    private static let version: UInt8 = 1
    private static let separator = "\n"

    static func token(_ position: String...) -> String {
        Base64.encode([version] + Array(position.joined(separator: separator).utf8))
    }

    /// What the token was made of; nil on the first page.
    static func position(_ token: String?, parts: Int) throws -> [String]? {
        guard let token else { return nil }
        guard let bytes = Base64.decode(Array(token.utf8)), bytes.first == version else { throw stranger }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        let position = text.split(separator: separator, maxSplits: parts - 1, omittingEmptySubsequences: false)
        guard position.count == parts else { throw stranger }
        return position.map(String.init)
    }

    static let stranger = SecretsManager.InvalidNextTokenException(
        message: "Invalid pagination token: it was not given for this list.")
}
