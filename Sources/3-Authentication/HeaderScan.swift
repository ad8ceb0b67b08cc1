import HTTP

/// The headers that matter to a signature, found in one pass.
struct HeaderScan {
    private(set) var authorization: Range<Int>?
    private(set) var date: Range<Int>?
    private(set) var amzDate: Range<Int>?
    private(set) var token: Range<Int>?
    private(set) var contentHash: Range<Int>?
    /// A header of the above that came twice: what it says is ambiguous.
    private(set) var duplicate: String?

    init(_ head: RequestHead) {
        for field in head.fields {
            switch field.name.count {
            case 4: date = note(head, field, "date", date)
            case 10: amzDate = note(head, field, "x-amz-date", amzDate)
            case 13: authorization = note(head, field, "authorization", authorization)
            case 20:
                token = note(head, field, "x-amz-security-token", token)
                contentHash = note(head, field, "x-amz-content-sha256", contentHash)
            default: break
            }
        }
    }

    /// Whether the field's name begins with `x-amz-`.
    static func isAmazon(_ field: RequestHead.Field, of head: RequestHead) -> Bool {
        let start = field.name.lowerBound
        return field.name.count > 6 && head.matches(start..<start + 6, "x-amz-")
    }

    private mutating func note(
        _ head: RequestHead, _ field: RequestHead.Field, _ name: StaticString, _ before: Range<Int>?
    ) -> Range<Int>? {
        guard head.matches(field.name, name) else { return before }
        if before != nil { duplicate = name.description }
        return field.value
    }
}
