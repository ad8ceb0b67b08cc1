import Storage

/// A page of a list of parts.
/// - Source: S3 API Reference, "ListParts", `MaxParts` and `PartNumberMarker`.
struct PartPage: Sendable {
    let limit: Int
    /// The number after which the page begins.
    let after: Int

    private static let most = 1000

    init(_ limit: Int?, after marker: Int?) throws {
        let asked = limit ?? PartPage.most
        guard (0...Int(Int32.max)).contains(asked) else {
            throw Refused.argument(
                "max-parts", String(asked), "Argument max-parts must be an integer between 0 and 2147483647")
        }
        guard (0...Int(Int32.max)).contains(marker ?? 0) else {
            throw Refused.argument(
                "part-number-marker", String(marker ?? 0),
                "Argument part-number-marker must be an integer between 0 and 2147483647")
        }
        (self.limit, after) = (min(asked, PartPage.most), marker ?? 0)
    }

    /// The parts of the page, and one more if there are more.
    func parts(of content: Int64, _ snapshot: borrowing Snapshot) throws -> [StoredPart] {
        try StoredPart.list(of: content, from: after + 1, limit: limit + 1, snapshot)
    }
}
