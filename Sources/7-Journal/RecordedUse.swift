public import Storage
public import World

/// Who made a recorded call, with what, where and when: what last-accessed information is made of.
public struct RecordedUse: Sendable {
    /// When the call came.
    public let time: Instant
    /// Where it came to.
    public let region: String
    /// The unique id of the user or role, the account id for the root user. Of a federated user, whoever made the session.
    public let callerID: String
    /// Empty where no key signed the call.
    public let accessKeyID: String
    /// The prefix of the action, such as `s3`.
    public let service: String
    /// The first action that the policies were asked about, without its prefix; empty for data events.
    public let action: String
}

extension Journal {
    /// Hands on what callers with an identity did, of the records from `low` up to `high`. Refused calls are among it.
    public static func uses(
        from low: Int64, through high: Int64, _ snapshot: borrowing Snapshot, _ each: (RecordedUse) -> Void
    ) throws {
        var actions = ActionsOfEvents()
        try scan(low, high, snapshot) { _, bytes in
            guard let fields = EntryFields(bytes), let caller = CallerOfRecord.id(bytes, from: fields.end) else {
                return
            }
            func text(_ range: Range<Int>) -> String { String(copying: bytes.extracting(range)) }
            let (source, name) = (text(fields.source), text(fields.name))
            let action =
                fields.category == .management
                ? actions.action(of: bytes, source, name) : ActionsOfEvents.plain(source, "")
            each(
                RecordedUse(
                    time: fields.time, region: text(fields.region), callerID: caller,
                    accessKeyID: text(fields.accessKeyID), service: action.service, action: action.name))
        }
    }

    /// A row at or behind a position, to see later whether the journal is still the same one. Nil where it ends before.
    public static func mark(
        at position: Int64, _ snapshot: borrowing Snapshot
    ) throws -> (row: Int64, chain: [UInt8])? {
        try snapshot.first(
            "SELECT position, chain FROM journal WHERE position >= ? ORDER BY position LIMIT 1", .int(position)
        ) { ($0.int(0), $0.blob(1)) }
    }

    /// Whether the journal has that mark.
    public static func has(_ mark: (row: Int64, chain: [UInt8]), _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists("SELECT 1 FROM journal WHERE position = ? AND chain = ?", .int(mark.row), .blob(mark.chain))
    }
}

/// The actions of events, which mostly have the event's name: `ListBuckets` of S3 does not. Read once for each event.
private struct ActionsOfEvents {
    private var known: [String: (service: String, name: String)] = [:]

    mutating func action(of bytes: Span<UInt8>, _ source: String, _ name: String) -> (service: String, name: String) {
        let key = source + ":" + name
        if let action = known[key] { return action }
        guard let asked = Entry([UInt8](copying: bytes))?.decision?.trace.questions.first?.action,
            let colon = asked.firstIndex(of: ":")
        else { return ActionsOfEvents.plain(source, name) }
        let action = (service: String(asked[..<colon]), name: String(asked[asked.index(after: colon)...]))
        known[key] = action
        return action
    }

    static func plain(_ source: String, _ name: String) -> (service: String, name: String) {
        (String(source.prefix { $0 != "." }), name)
    }
}

/// Finds in a stored record the unique id of whoever called.
private enum CallerOfRecord {
    /// - Parameter end: where the row's head ends.
    static func id(_ bytes: Span<UInt8>, from end: Int) -> String? {
        var at = end
        if bytes[0] == Entry.versionWithDecision {
            guard at + 4 <= bytes.count else { return nil }
            var length = 0
            for index in at..<at + 4 { length = length << 8 | Int(bytes[index]) }
            guard length <= bytes.count - at - 4 else { return nil }
            at += 4 + length
        }
        guard part(bytes, at) == .begin, let type = part(bytes, at + 2) else { return nil }
        switch type {
        case .root, .user: return quoted(bytes, at + 4)
        // `AROA…:session`
        case .assumedRole: return quoted(bytes, at + 4).map { String($0.prefix { $0 != ":" }) }
        case .federatedUser:
            // Who made the session stands behind the federated user's own names.
            guard let issuer = place(of: .principalID, bytes, from: at + 4) else { return nil }
            return quoted(bytes, issuer + 2)
        default: return nil
        }
    }

    private static func part(_ bytes: Span<UInt8>, _ at: Int) -> RecordPart? {
        guard at + 1 < bytes.count, bytes[at] == RecordPart.mark else { return nil }
        return RecordPart(rawValue: bytes[at + 1])
    }

    private static func place(of wanted: RecordPart, _ bytes: Span<UInt8>, from start: Int) -> Int? {
        var at = start
        while at + 1 < bytes.count {
            if bytes[at] == RecordPart.mark {
                if bytes[at + 1] == wanted.rawValue { return at }
                at += 1
            }
            at += 1
        }
        return nil
    }

    /// Ids have nothing that JSON escapes.
    private static func quoted(_ bytes: Span<UInt8>, _ at: Int) -> String? {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
        for end in at + 1..<bytes.count where bytes[end] == UInt8(ascii: "\"") {
            return String(copying: bytes.extracting(at + 1..<end))
        }
        return nil
    }
}

extension String {
    fileprivate init(copying bytes: Span<UInt8>) { self = String(decoding: [UInt8](copying: bytes), as: UTF8.self) }
}
