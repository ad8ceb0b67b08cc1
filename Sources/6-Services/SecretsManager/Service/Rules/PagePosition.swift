import Door
import SecretsManagerAPI

/// Where a page of Secrets Manager's ended: a key of several parts, in the order its list goes by.
enum PagePosition {
    private static let separator = "\n"

    static func token(_ parts: String...) -> String { Page.token(parts.joined(separator: separator)) }

    /// What the token was made of; nil on the first page. The last part may hold anything.
    static func parts(_ count: Int, of token: String?) throws -> [String]? {
        guard let token else { return nil }
        guard let key = Page.key(of: token) else { throw stranger }
        let parts = key.split(separator: separator, maxSplits: count - 1, omittingEmptySubsequences: false)
        guard parts.count == count else { throw stranger }
        return parts.map(String.init)
    }

    static let stranger = SecretsManager.InvalidNextTokenException(
        message: "Invalid pagination token: it was not given for this list.")
}
