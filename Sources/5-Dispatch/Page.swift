import Formats

/// One page of a list: where it begins, and how much of it there may be.
///
/// The token by which a client asks for the next page names the last item given, so that a list goes on where it stopped,
/// whatever came and went meanwhile. To clients it is opaque: the base64 of a version byte and the item's key.
public struct Page: Sendable {
    /// The most items there may be.
    public let limit: Int
    /// The key of the last item given before; empty on the first page.
    public let after: String

    private static let version: UInt8 = 1

    /// Nil where the token is none of ours; each service has an error of its own for that. Nil for `token` is the first page.
    public init?(limit: Int, token: String?) {
        self.limit = limit
        guard let token else {
            after = ""
            return
        }
        guard let bytes = Base64.decode(Array(token.utf8)), bytes.first == Page.version else { return nil }
        after = String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    /// How many to read, to know whether there are more.
    public var fetch: Int { limit + 1 }

    /// Splits what was read, one more than the limit, into the page and the token of the next; nil at the end.
    public func cut<Item>(_ items: [Item], key: (Item) -> String) -> (items: [Item], next: String?) {
        guard items.count > limit, let last = items[..<limit].last else { return (items, nil) }
        return (Array(items[..<limit]), Page.token(key(last)))
    }

    /// For a page that begins after this key.
    public static func token(_ key: String) -> String { Base64.encode([version] + Array(key.utf8)) }
}
