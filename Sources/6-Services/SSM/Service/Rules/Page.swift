import Formats
import SSMAPI

/// Parameter Store's paging: an opaque token that names the last item given.
struct Page: Sendable {
    let limit: Int
    /// The key of the last item given before; empty on the first page.
    let after: String

    private static let version: UInt8 = 1

    /// - Parameter usual: how many there are where the caller says nothing.
    init(_ limit: Int?, _ token: String?, usual: Int) throws {
        self.limit = limit ?? usual
        guard let token, !token.isEmpty else {
            after = ""
            return
        }
        guard let bytes = Base64.decode(Array(token.utf8)), bytes.first == Page.version else {
            throw SSM.InvalidNextToken(message: "The specified token isn't valid.")
        }
        after = String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    /// How many to read, to know whether there are more.
    var fetch: Int { limit + 1 }

    /// Splits what was read into the page and the token of the next; nil at the end.
    func cut<Item>(_ items: [Item], key: (Item) -> String) -> (items: [Item], token: String?) {
        guard items.count > limit, let last = items[..<limit].last else { return (items, nil) }
        return (Array(items[..<limit]), Page.token(key(last)))
    }

    /// For a page that begins after this key.
    static func token(_ key: String) -> String { Base64.encode([Page.version] + Array(key.utf8)) }
}
