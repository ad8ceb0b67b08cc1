import Formats
import KMSAPI

/// KMS's paging: an opaque marker that names the last item given.
struct Page: Sendable {
    let limit: Int
    /// The key of the last item given before; empty on the first page.
    let after: String

    private static let version: UInt8 = 1

    /// - Parameter ordinary: how many there are where the caller says nothing.
    init(_ limit: Int?, _ marker: String?, ordinary: Int, most: Int = 1000) throws {
        self.limit = min(max(limit ?? ordinary, 1), most)
        guard let marker else {
            after = ""
            return
        }
        guard let bytes = Base64.decode(Array(marker.utf8)), bytes.first == Page.version else {
            throw KMS.InvalidMarkerException(message: "The marker is not one that was given for this list.")
        }
        after = String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    /// How many to read, to know whether there are more.
    var fetch: Int { limit + 1 }

    /// Splits what was read into the page and the marker of the next; nil at the end.
    func cut<Item>(_ items: [Item], key: (Item) -> String) -> (items: [Item], marker: String?) {
        guard items.count > limit, let last = items[..<limit].last else { return (items, nil) }
        return (Array(items[..<limit]), Base64.encode([Page.version] + Array(key(last).utf8)))
    }
}
