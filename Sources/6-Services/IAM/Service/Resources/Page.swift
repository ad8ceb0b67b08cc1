import Formats
import IAMAPI

/// IAM's paging: a marker that names the last item given, and at most `MaxItems` items.
///
/// The marker is opaque to clients: the base64 of a version byte and the last item's key.
struct Page: Sendable {
    /// 1 to 1,000, 100 where the caller says nothing.
    let limit: Int
    /// The key of the last item given before; empty on the first page.
    let after: String

    private static let version: UInt8 = 1

    init(marker: String?, maxItems: Int?) throws {
        limit = min(max(maxItems ?? 100, 1), 1000)
        guard let marker else {
            after = ""
            return
        }
        guard let bytes = Base64.decode(Array(marker.utf8)), bytes.first == Page.version else {
            throw Invalid.marker
        }
        after = String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    /// Splits what was read, one more than the limit, into the page and the marker of the next; nil at the end.
    func cut<Item>(_ items: [Item], key: (Item) -> String) -> (items: [Item], marker: String?) {
        guard items.count > limit, let last = items[..<limit].last else { return (items, nil) }
        return (Array(items[..<limit]), Page.marker(after: key(last)))
    }

    static func marker(after key: String) -> String { Base64.encode([version] + Array(key.utf8)) }

    /// How many to read, to know whether there are more.
    var fetch: Int { limit + 1 }
}
