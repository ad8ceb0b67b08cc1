import Door

extension Page {
    /// IAM's: 1 to 1,000 items, 100 where the caller says nothing.
    init(marker: String?, maxItems: Int?) throws {
        guard let page = Page(limit: min(max(maxItems ?? 100, 1), 1000), token: marker) else { throw Invalid.marker }
        self = page
    }
}
