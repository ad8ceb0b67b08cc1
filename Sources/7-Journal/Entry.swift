import AWS
import Formats
public import World

/// A journal row's content: what `LookupEvents` selects by, then the record itself.
///
/// Packed by hand, because a row is written for every call: a version byte, a flag byte, the time (8 bytes, big-endian
/// milliseconds), then texts of 16-bit length (account, Region, event id, name, source, user, access key), the number
/// of subjects with two texts each, and the record, to the end of the row, in parts (`RecordPart`). Where the policies
/// were asked, the version is another, and before the record stands what they said: its length in four bytes, and a
/// `DecisionBlock`.
public struct Entry: Sendable {
    public let time: Instant
    public let isReadOnly: Bool
    public let category: Event.Category
    public let account, region, id, name, source, user, accessKeyID: String
    public let subjects: [Event.Subject]
    let row: [UInt8]
    /// Where the decision's block lies in the row; empty where there is none.
    private let block: Range<Int>
    /// Where the record begins in the row.
    let recordStart: Int

    /// Of an entry without a decision. Every entry of earlier programs is one.
    static let version: UInt8 = 1
    /// Of an entry with a decision; 2 is `JournalRow.mark`.
    static let versionWithDecision: UInt8 = 3

    public static func pack(_ event: Event) -> [UInt8] { packed(event).bytes }

    static func packed(_ event: Event) -> ByteWriter {
        // Most are half as long; up to about this size the allocator has blocks at hand.
        var entry = ByteWriter(reserving: 1000)
        entry.byte(event.decision == nil ? version : versionWithDecision)
        entry.byte((event.isReadOnly ? 1 : 0) | event.category.rawValue << 1)
        entry.bigEndian(event.time.milliseconds)
        append(event.account.description, to: &entry)
        append(event.region.description, to: &entry)
        append(event.id, to: &entry)
        append(event.name, to: &entry)
        append(event.source, to: &entry)
        append(event.identity.lookupName, to: &entry)
        append(event.identity.accessKeyID, to: &entry)
        let subjects = min(event.subjects.count, 255)
        entry.byte(UInt8(subjects))
        for index in 0..<subjects {
            append(event.subjects[index].type, to: &entry)
            append(event.subjects[index].name, to: &entry)
        }
        if let decision = event.decision {
            let start = entry.count
            entry.bigEndian(UInt32(0))
            DecisionBlock.write(decision, of: event, to: &entry)
            entry.replace(at: start, with: UInt32(entry.count - start - 4))
        }
        event.write(to: &entry)
        return entry
    }

    static func append(_ text: String, to entry: inout ByteWriter) {
        let count = min(text.utf8.count, Int(UInt16.max))
        entry.bigEndian(UInt16(count))
        entry.text(text, limit: count)
    }

    /// Nil where the bytes are no entry of a version there is.
    public init?(_ bytes: [UInt8]) {
        var reader = EntryReader(bytes[...])
        guard let version = reader.byte(), Entry.isVersion(version), let flags = reader.byte(),
            let time = reader.time(),
            let category = Event.Category(rawValue: flags >> 1),
            let account = reader.text(), let region = reader.text(), let id = reader.text(), let name = reader.text(),
            let source = reader.text(), let user = reader.text(), let key = reader.text(), let count = reader.byte()
        else { return nil }
        var subjects: [Event.Subject] = []
        for _ in 0..<count {
            guard let type = reader.text(), let name = reader.text() else { return nil }
            subjects.append(Event.Subject(type: type, name: name))
        }
        var block = reader.at..<reader.at
        if version == Entry.versionWithDecision {
            guard let length = reader.length(), reader.bytes(length) != nil else { return nil }
            block = reader.at - length..<reader.at
        }
        (self.time, isReadOnly, self.category) = (time, flags & 1 == 1, category)
        (self.account, self.region, self.id, self.name) = (account, region, id, name)
        (self.source, self.user, accessKeyID, self.subjects) = (source, user, key, subjects)
        (row, self.block, recordStart) = (bytes, block, reader.at)
    }

    static func isVersion(_ byte: UInt8) -> Bool { byte == version || byte == versionWithDecision }

    /// Whether the policies were asked.
    public var hasDecision: Bool { !block.isEmpty }

    /// Whether the policies were asked so much that it was not kept: there is then a `hasDecision` and no `decision`.
    public var isDecisionTooLarge: Bool { block.count == 1 && row[block.lowerBound] == DecisionBlock.unkept }

    /// What the policies said; nil where they were not asked, where it was too much to keep, or the block is damaged.
    public var decision: RecordedDecision? {
        block.isEmpty ? nil : DecisionBlock.read(row[block], account: account, source: source, name: name)
    }
}

/// Takes an entry's parts one after the other. Nil from any of them where there are not enough bytes.
struct EntryReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var at: Int

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, at) = (bytes, bytes.startIndex) }

    var isAtEnd: Bool { at == bytes.endIndex }

    mutating func byte() -> UInt8? {
        guard at < bytes.endIndex else { return nil }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count <= bytes.endIndex - at else { return nil }
        defer { at += count }
        return Array(bytes[at..<at + count])
    }

    mutating func time() -> Instant? {
        bytes(8).map { Instant(milliseconds: Int64(bitPattern: $0.reduce(0) { $0 << 8 | UInt64($1) })) }
    }

    /// Four bytes.
    mutating func length() -> Int? { bytes(4).map { $0.reduce(0) { $0 << 8 | Int($1) } } }

    /// Two bytes.
    mutating func number() -> UInt16? { bytes(2).map { UInt16($0[0]) << 8 | UInt16($0[1]) } }

    mutating func text() -> String? {
        guard let count = number(), let text = bytes(Int(count)) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }
}
