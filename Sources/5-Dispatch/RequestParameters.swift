import Wire

/// The parameters of a query or a form, for what no service's shapes describe.
public struct RequestParameters: Sendable {
    private let query: QueryString

    init(_ query: QueryString) { self.query = query }

    /// Nil where the text is no form.
    public init?(form: [UInt8]) {
        guard let query = QueryString(whole: form, limit: 64) else { return nil }
        self.query = query
    }

    /// The only value of that name; nil where there is none, more than one, or it is not UTF-8.
    public func text(_ name: String) -> String? {
        let count = query.parameters.count { query.name($0).elementsEqual(name.utf8) }
        return count == 1 ? query.text(name) : nil
    }
}
