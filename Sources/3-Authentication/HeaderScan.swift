import HTTP

/// The headers that matter to a signature, found in one pass.
struct HeaderScan {
    private(set) var authorization: Range<Int>?
    private(set) var date: Range<Int>?
    private(set) var amzDate: Range<Int>?
    private(set) var token: Range<Int>?
    private(set) var contentHash: Range<Int>?
    private(set) var hasHost = false
    /// A header of the above that came twice: what it says is ambiguous.
    private(set) var duplicate: String?
    /// Fields whose names begin with `x-amz-`, by index.
    private(set) var amz: [Int] = []

    init(_ head: RequestHead) {
        for (index, field) in head.fields.enumerated() {
            let name = head.raw[field.name]
            if name.count > 6, CanonicalHeaders.same(name.prefix(6), HeaderScan.prefix) {
                amz.append(index)
                amzDate = note(head, field, "x-amz-date", amzDate)
                token = note(head, field, "x-amz-security-token", token)
                contentHash = note(head, field, "x-amz-content-sha256", contentHash)
            } else {
                authorization = note(head, field, "authorization", authorization)
                date = note(head, field, "date", date)
                if head.matches(field.name, "host") { hasHost = true }
            }
        }
    }

    private static let prefix = Array("x-amz-".utf8)[...]

    private mutating func note(
        _ head: RequestHead, _ field: RequestHead.Field, _ name: StaticString, _ before: Range<Int>?
    ) -> Range<Int>? {
        guard head.matches(field.name, name) else { return before }
        if before != nil { duplicate = name.description }
        return field.value
    }
}
