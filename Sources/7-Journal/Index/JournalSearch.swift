public import AWS
public import World

/// A question to the journal: whose records, between which times, with which value of which attribute.
///
/// Values are compared byte by byte.
public struct JournalSearch: Sendable {
    /// What records can be found by.
    public enum Attribute: UInt8, Sendable {
        case eventID = 1
        case eventName, readOnly, userName, resourceType, resourceName, eventSource, accessKeyID
    }

    let times: TimeRange
    private let account: [UInt8]
    /// Nil for every Region, and then for data events too.
    private let region: [UInt8]?
    private let attribute: Attribute?
    private let value: [UInt8]

    /// The management events of an account in a Region, with one attribute's value where given (`readOnly` is `true` or
    /// `false`).
    public init(
        eventsOf account: AccountID, in region: Region, from earliest: Instant, through latest: Instant,
        with attribute: (name: Attribute, value: String)?
    ) {
        (self.account, self.region) = (Array(account.description.utf8), Array(region.description.utf8))
        times = TimeRange(earliest, latest)
        (self.attribute, value) = (attribute?.name, Array((attribute?.value ?? "").utf8))
    }

    /// All records of calls that a key of `account` signed.
    public init(usesOf accessKeyID: String, by account: AccountID) {
        (self.account, region) = (Array(account.description.utf8), nil)
        times = TimeRange(earliest: .min, latest: .max)
        (attribute, value) = (.accessKeyID, Array(accessKeyID.utf8))
    }

    /// The management events of an account in a Region that name a resource.
    init(recordsOf resource: String, in account: AccountID, _ region: Region) {
        (self.account, self.region) = (Array(account.description.utf8), Array(region.description.utf8))
        times = TimeRange(earliest: .min, latest: .max)
        (attribute, value) = (.resourceName, Array(resource.utf8))
    }

    /// What every record that is asked for is indexed under.
    var key: IndexKey {
        let scope =
            if let region {
                IndexKeyScope(account: account.span, region: region.span)
            } else {
                IndexKeyScope(account: account.span)
            }
        guard let attribute else { return scope.key }
        return scope.key(attribute, value.span)
    }

    /// Whether a packed entry is asked for. Bytes that are no entry never are.
    func admits(_ bytes: Span<UInt8>) -> Bool {
        guard let fields = EntryFields(bytes), times.contains(fields.time), isEqual(bytes, fields.account, account)
        else { return false }
        if let region {
            guard fields.category == .management, isEqual(bytes, fields.region, region) else { return false }
        }
        return matches(bytes, fields)
    }

    static func text(isReadOnly: Bool) -> [UInt8] { isReadOnly ? yes : no }
    private static let yes = Array("true".utf8)
    private static let no = Array("false".utf8)

    private func matches(_ bytes: Span<UInt8>, _ fields: EntryFields) -> Bool {
        switch attribute {
        case nil: true
        case .eventID: isEqual(bytes, fields.id, value)
        case .eventName: isEqual(bytes, fields.name, value)
        case .readOnly: JournalSearch.text(isReadOnly: fields.isReadOnly) == value
        case .userName: isEqual(bytes, fields.user, value)
        case .resourceType: isAmongSubjects(bytes, fields) { type, _ in type }
        case .resourceName: isAmongSubjects(bytes, fields) { _, name in name }
        case .eventSource: isEqual(bytes, fields.source, value)
        case .accessKeyID: isEqual(bytes, fields.accessKeyID, value)
        }
    }

    private func isAmongSubjects(
        _ bytes: Span<UInt8>, _ fields: EntryFields, _ part: (Range<Int>, Range<Int>) -> Range<Int>
    ) -> Bool {
        var isFound = false
        fields.forEachSubject(bytes) { type, name in
            isFound = isEqual(bytes, part(type, name), value)
            return !isFound
        }
        return isFound
    }

    private func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: [UInt8]) -> Bool {
        guard range.count == text.count else { return false }
        for index in text.indices where bytes[range.lowerBound + index] != text[index] { return false }
        return true
    }
}
