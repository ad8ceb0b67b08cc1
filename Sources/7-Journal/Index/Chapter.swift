/// The index of a chapter: which keys are on which of its sheets, and between which times its records lie.
struct Chapter: Sendable, Equatable {
    let times: TimeRange
    /// Ascending: a key and, in the last four bits, a sheet that has it.
    let keys: [UInt32]

    static let sheetBits: UInt32 = 4
    private static let sheetMask: UInt32 = 0xF

    /// Where `key` is among `keys`.
    static func range(of key: IndexKey) -> ClosedRange<UInt32> {
        let lowest = key.number << sheetBits
        return lowest...(lowest | sheetMask)
    }

    /// The sheet of an element of `keys`.
    static func sheet(_ element: UInt32) -> Int { Int(element & sheetMask) }
}

/// Makes a chapter of its records.
struct ChapterBuilder {
    private var times = TimeRange.none
    private var keys: [UInt32] = []
    /// What was added lately, at the place that the key's last bits name: calls that follow each other are much alike, and
    /// what need not be added need not be sorted.
    private var recent = [UInt32](repeating: 0, count: recentCount)

    private static let recentCount = 1024
    /// The attributes of the record before, and its sheet: whoever calls again and again adds no more than an id.
    private var last: (attributes: [UInt8], sheet: Int) = ([], -1)
    private var attributes: [UInt8] = []

    init() {
        keys.reserveCapacity(4096)
        // Nothing was added yet: an element that is never at this place, as 0 is never at any other.
        recent[0] = 1 << Chapter.sheetBits
    }

    /// Adds a packed entry; sheets in ascending order. Bytes that are none are left out, as every look-up does.
    mutating func add(_ bytes: Span<UInt8>, on sheet: Int) {
        guard let fields = EntryFields(bytes) else { return }
        times.include(fields.time)
        if isRepetition(fields, bytes, sheet) { return }
        let account = bytes.extracting(fields.account)
        if !fields.accessKeyID.isEmpty {
            add(IndexKeyScope(account: account).key(.accessKeyID, bytes.extracting(fields.accessKeyID)), sheet)
        }
        guard fields.category == .management else { return }
        let scope = IndexKeyScope(account: account, region: bytes.extracting(fields.region))
        add(scope.key, sheet)
        add(scope.key(.readOnly, JournalSearch.text(isReadOnly: fields.isReadOnly).span), sheet)
        // An id is there once, so that looking among the recent ones would only drive out others.
        keys.append(element(scope.key(.eventID, bytes.extracting(fields.id)), sheet))
        add(scope.key(.eventName, bytes.extracting(fields.name)), sheet)
        add(scope.key(.eventSource, bytes.extracting(fields.source)), sheet)
        add(scope.key(.userName, bytes.extracting(fields.user)), sheet)
        add(scope.key(.accessKeyID, bytes.extracting(fields.accessKeyID)), sheet)
        fields.forEachSubject(bytes) { type, name in
            add(scope.key(.resourceType, bytes.extracting(type)), sheet)
            add(scope.key(.resourceName, bytes.extracting(name)), sheet)
            return true
        }
    }

    consuming func finish() -> Chapter {
        // Sheets were added in their order.
        RadixSort.sort(&keys, from: Chapter.sheetBits, passes: 3)
        var distinct: [UInt32] = []
        distinct.reserveCapacity(keys.count)
        for element in keys where element != distinct.last { distinct.append(element) }
        return Chapter(times: times, keys: distinct)
    }

    /// Whether the record before had the same attributes on the same sheet; the id is added then.
    private mutating func isRepetition(_ fields: EntryFields, _ bytes: Span<UInt8>, _ sheet: Int) -> Bool {
        attributes.removeAll(keepingCapacity: true)
        fields.appendAttributes(bytes, to: &attributes)
        guard sheet == last.sheet, attributes == last.attributes else {
            swap(&last.attributes, &attributes)
            last.sheet = sheet
            return false
        }
        if fields.category == .management {
            let scope = IndexKeyScope(
                account: bytes.extracting(fields.account), region: bytes.extracting(fields.region))
            keys.append(element(scope.key(.eventID, bytes.extracting(fields.id)), sheet))
        }
        return true
    }

    private mutating func add(_ key: IndexKey, _ sheet: Int) {
        let element = element(key, sheet)
        let place = Int(key.number) & (ChapterBuilder.recentCount - 1)
        guard recent[place] != element else { return }
        recent[place] = element
        keys.append(element)
    }

    private func element(_ key: IndexKey, _ sheet: Int) -> UInt32 { key.number << Chapter.sheetBits | UInt32(sheet) }
}
