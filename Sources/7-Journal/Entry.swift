import AWS
import Formats
public import World

/// A journal row's content: what `LookupEvents` selects by, then the record itself.
///
/// Packed by hand, because a row is written for every call: a version byte, a flag byte, the time (8 bytes, big-endian
/// milliseconds), then texts of 16-bit length (account, Region, event id, name, source, user, access key), the number
/// of subjects with two texts each, and the record, to the end of the row, in parts (`RecordPart`).
public struct Entry: Sendable {
    public let time: Instant
    public let isReadOnly: Bool
    public let category: Event.Category
    public let account, region, id, name, source, user, accessKeyID: String
    public let subjects: [Event.Subject]
    let row: [UInt8]
    /// Where the record begins in the row.
    let recordStart: Int

    static let version: UInt8 = 1

    public static func pack(_ event: Event) -> [UInt8] { packed(event).bytes }

    static func packed(_ event: Event) -> ByteWriter {
        // Most are half as long; up to about this size the allocator has blocks at hand.
        var entry = ByteWriter(reserving: 1000)
        entry.byte(version)
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
        event.write(to: &entry)
        return entry
    }

    private static func append(_ text: String, to entry: inout ByteWriter) {
        let count = min(text.utf8.count, Int(UInt16.max))
        entry.bigEndian(UInt16(count))
        entry.text(text, limit: count)
    }

    /// Nil where the bytes are no entry of this version.
    public init?(_ bytes: [UInt8]) {
        var reader = EntryReader(bytes)
        guard reader.byte() == Entry.version, let flags = reader.byte(), let time = reader.time(),
            let category = Event.Category(rawValue: flags >> 1),
            let account = reader.text(), let region = reader.text(), let id = reader.text(), let name = reader.text(),
            let source = reader.text(), let user = reader.text(), let key = reader.text(), let count = reader.byte()
        else { return nil }
        var subjects: [Event.Subject] = []
        for _ in 0..<count {
            guard let type = reader.text(), let name = reader.text() else { return nil }
            subjects.append(Event.Subject(type: type, name: name))
        }
        (self.time, isReadOnly, self.category) = (time, flags & 1 == 1, category)
        (self.account, self.region, self.id, self.name) = (account, region, id, name)
        (self.source, self.user, accessKeyID, self.subjects) = (source, user, key, subjects)
        (row, recordStart) = (bytes, reader.at)
    }
}

private struct EntryReader {
    private let bytes: [UInt8]
    private(set) var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() -> UInt8? {
        guard at < bytes.count else { return nil }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func time() -> Instant? {
        guard at + 8 <= bytes.count else { return nil }
        defer { at += 8 }
        return Instant(milliseconds: Int64(bitPattern: bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) }))
    }

    mutating func text() -> String? {
        guard at + 2 <= bytes.count else { return nil }
        let count = Int(bytes[at]) << 8 | Int(bytes[at + 1])
        guard at + 2 + count <= bytes.count else { return nil }
        defer { at += 2 + count }
        return String(decoding: bytes[(at + 2)..<(at + 2 + count)], as: UTF8.self)
    }
}
