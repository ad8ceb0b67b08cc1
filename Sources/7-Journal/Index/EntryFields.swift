import World

/// Where the parts of a packed entry lie in its bytes: for whoever looks at many rows and wants few of them.
///
/// Exists for exactly those bytes that `Entry` can be made of.
struct EntryFields {
    let time: Instant
    let isReadOnly: Bool
    let category: Event.Category
    let account, region, id, name, source, user, accessKeyID: Range<Int>
    private let subjects: Int
    private let subjectCount: UInt8
    /// Where the last subject ends.
    let end: Int

    init?(_ bytes: Span<UInt8>) {
        guard bytes.count > 10, Entry.isVersion(bytes[0]), let category = Event.Category(rawValue: bytes[1] >> 1) else {
            return nil
        }
        var milliseconds: UInt64 = 0
        for at in 2..<10 { milliseconds = milliseconds << 8 | UInt64(bytes[at]) }
        time = Instant(milliseconds: Int64(bitPattern: milliseconds))
        (isReadOnly, self.category) = (bytes[1] & 1 == 1, category)
        var at = 10
        guard let account = EntryFields.text(bytes, &at), let region = EntryFields.text(bytes, &at),
            let id = EntryFields.text(bytes, &at), let name = EntryFields.text(bytes, &at),
            let source = EntryFields.text(bytes, &at), let user = EntryFields.text(bytes, &at),
            let key = EntryFields.text(bytes, &at), at < bytes.count
        else { return nil }
        (self.account, self.region, self.id, self.name) = (account, region, id, name)
        (self.source, self.user, accessKeyID) = (source, user, key)
        (subjects, subjectCount) = (at + 1, bytes[at])
        at += 1
        for _ in 0..<subjectCount {
            guard EntryFields.text(bytes, &at) != nil, EntryFields.text(bytes, &at) != nil else { return nil }
        }
        end = at
    }

    /// All that records can be found by, except the id and the time.
    func appendAttributes(_ bytes: Span<UInt8>, to attributes: inout [UInt8]) {
        attributes.append(bytes[1])
        // Each with its length before it.
        attributes.append(copying: bytes.extracting(account.lowerBound - 2..<region.upperBound))
        attributes.append(copying: bytes.extracting(id.upperBound..<end))
    }

    /// Hands on the type and the name of each subject, until `each` returns false.
    func forEachSubject(_ bytes: Span<UInt8>, _ each: (_ type: Range<Int>, _ name: Range<Int>) -> Bool) {
        var at = subjects
        for _ in 0..<subjectCount {
            guard let type = EntryFields.text(bytes, &at), let name = EntryFields.text(bytes, &at) else { return }
            guard each(type, name) else { return }
        }
    }

    /// The text at `at`, which is moved behind it.
    private static func text(_ bytes: Span<UInt8>, _ at: inout Int) -> Range<Int>? {
        guard at + 2 <= bytes.count else { return nil }
        let start = at + 2
        let end = start + (Int(bytes[at]) << 8 | Int(bytes[at + 1]))
        guard end <= bytes.count else { return nil }
        at = end
        return start..<end
    }
}
