import AWS
import Crypto
import Formats

/// A decision as bytes within an entry.
///
/// A byte: the form, and in bit 7 whether the caller has policies; then their digest (32 bytes). The number of sides, and
/// their digests. Global keys: their number in two bytes, each a name and a value. The number of questions in two bytes,
/// each: a byte of the outcome and flags, the layer, the side's place or 255, then the action unless it is the event's
/// own, the resource, the owner unless it is the record's account, the operation's keys, of a KMS key what `KMSKeySide`
/// says, and of access control lists, where bit 7 of the layer tells of them, what `AccessListSide` says. Texts have 16-bit
/// lengths.
///
/// In place of a decision that these numbers cannot tell stands one byte, `unkept`: its record is as any other.
enum DecisionBlock {
    private static let hasPolicies: UInt8 = 0x80
    private static let noSide: UInt8 = 0xFF
    /// Before the number of a key's values, where the key has one value only.
    private static let single: UInt16 = 0xFFFF
    /// In the byte of the layer.
    private static let hasLists: UInt8 = 0x80
    /// The whole block of a decision that is too large to keep. No form is this.
    static let unkept: UInt8 = 0x7F

    private enum Flag {
        static let outcome: UInt8 = 0b11
        static let isEventsAction: UInt8 = 1 << 2
        static let isRecordsAccount: UInt8 = 1 << 3
        static let isTrust: UInt8 = 1 << 4
        static let restrictsPublicAccess: UInt8 = 1 << 5
        static let hasKeys: UInt8 = 1 << 6
        static let isKMSKey: UInt8 = 1 << 7
    }

    /// Services bound what a request may ask long before; what is too large all the same costs the decision, not the call.
    static func write(_ decision: TracedDecision, of event: Event, to entry: inout ByteWriter) {
        guard DecisionRoom.suffices(for: decision) else { return entry.byte(unkept) }
        let trace = decision.trace
        entry.byte(trace.form.rawValue | (decision.caller == nil ? 0 : hasPolicies))
        if let caller = decision.caller { entry.bytes(caller.digest) }
        entry.byte(UInt8(decision.sides.count))
        for index in decision.sides.indices { entry.bytes(decision.sides[index].digest) }
        write(trace.keys, to: &entry)
        entry.bigEndian(UInt16(trace.questions.count))
        for index in trace.questions.indices { write(trace.questions[index], of: event, to: &entry) }
    }

    private static func write(_ question: DecisionTrace.Question, of event: Event, to entry: inout ByteWriter) {
        let isEventsAction = isAction(question.action, of: event)
        let isRecordsAccount = question.owner == event.account
        var flags = question.outcome & Flag.outcome
        if isEventsAction { flags |= Flag.isEventsAction }
        if isRecordsAccount { flags |= Flag.isRecordsAccount }
        if question.isTrust { flags |= Flag.isTrust }
        if question.restrictsPublicAccess { flags |= Flag.restrictsPublicAccess }
        if !question.keys.isEmpty { flags |= Flag.hasKeys }
        if question.kmsKey != nil { flags |= Flag.isKMSKey }
        entry.byte(flags)
        entry.byte(question.layer | (question.lists == nil ? 0 : hasLists))
        entry.byte(question.side.map { UInt8($0) } ?? noSide)
        if !isEventsAction { Entry.append(question.action, to: &entry) }
        Entry.append(question.resource, to: &entry)
        if !isRecordsAccount { Entry.append(question.owner.description, to: &entry) }
        if !question.keys.isEmpty { write(question.keys, to: &entry) }
        question.kmsKey?.write(to: &entry)
        question.lists?.write(to: &entry)
    }

    private static func write(_ keys: [DecisionTrace.Key], to entry: inout ByteWriter) {
        entry.bigEndian(UInt16(keys.count))
        for index in keys.indices {
            Entry.append(keys[index].name, to: &entry)
            switch keys[index].value {
            case .one(let text):
                entry.bigEndian(single)
                Entry.append(text, to: &entry)
            case .many(let texts):
                entry.bigEndian(UInt16(texts.count))
                for text in texts { Entry.append(text, to: &entry) }
            }
        }
    }

    /// Whether the action is the one that `eventsAction` makes of the event.
    private static func isAction(_ action: String, of event: Event) -> Bool {
        let (source, name, action) = (event.source.utf8Span.span, event.name.utf8Span.span, action.utf8Span.span)
        let suffix = suffix.utf8Span.span
        let colon = source.count - suffix.count
        guard colon > 0, action.count == colon + 1 + name.count, action[colon] == UInt8(ascii: ":") else {
            return false
        }
        for index in 0..<colon where action[index] != source[index] { return false }
        for index in 0..<name.count where action[colon + 1 + index] != name[index] { return false }
        for index in 0..<suffix.count where source[colon + index] != suffix[index] { return false }
        return true
    }

    private static let suffix = ".amazonaws.com"

    /// `iam.amazonaws.com` and `GetUser` make `iam:GetUser`.
    private static func eventsAction(_ source: String, _ name: String) -> String {
        source.dropLast(suffix.utf8.count) + ":" + name
    }

    /// Nil where the bytes are no block.
    static func read(_ bytes: ArraySlice<UInt8>, account: String, source: String, name: String) -> RecordedDecision? {
        var reader = EntryReader(bytes)
        guard let head = reader.byte(), let form = DecisionTrace.Form(rawValue: head & ~hasPolicies) else { return nil }
        var caller: [UInt8]?
        if head & hasPolicies != 0 {
            guard let digest = reader.bytes(SHA256.byteCount) else { return nil }
            caller = digest
        }
        guard let sideCount = reader.byte() else { return nil }
        var sides: [[UInt8]] = []
        for _ in 0..<sideCount {
            guard let digest = reader.bytes(SHA256.byteCount) else { return nil }
            sides.append(digest)
        }
        guard let keys = keys(&reader), let count = reader.number() else { return nil }
        var questions: [DecisionTrace.Question] = []
        for _ in 0..<count {
            guard let question = question(&reader, sides.count, account: account, source: source, name: name) else {
                return nil
            }
            questions.append(question)
        }
        guard reader.isAtEnd else { return nil }
        return RecordedDecision(trace: DecisionTrace(form, questions, keys: keys), caller: caller, sides: sides)
    }

    private static func question(
        _ reader: inout EntryReader, _ sides: Int, account: String, source: String, name: String
    ) -> DecisionTrace.Question? {
        guard let flags = reader.byte(), let layer = reader.byte(), let side = reader.byte(),
            side == noSide || side < sides
        else { return nil }
        guard let action = flags & Flag.isEventsAction != 0 ? eventsAction(source, name) : reader.text(),
            let resource = reader.text(),
            let ownerText = flags & Flag.isRecordsAccount != 0 ? account : reader.text(),
            let owner = AccountID(ownerText), let keys = flags & Flag.hasKeys != 0 ? keys(&reader) : []
        else { return nil }
        let kmsKey = flags & Flag.isKMSKey != 0 ? KMSKeySide(&reader) : nil
        guard flags & Flag.isKMSKey == 0 || kmsKey != nil else { return nil }
        let lists = layer & hasLists != 0 ? AccessListSide(&reader) : nil
        guard layer & hasLists == 0 || lists != nil else { return nil }
        return DecisionTrace.Question(
            action: action, resource: resource, owner: owner, side: side == noSide ? nil : Int(side),
            isTrust: flags & Flag.isTrust != 0, restrictsPublicAccess: flags & Flag.restrictsPublicAccess != 0,
            outcome: flags & Flag.outcome, layer: layer & ~hasLists, keys: keys, kmsKey: kmsKey, lists: lists)
    }

    private static func keys(_ reader: inout EntryReader) -> [DecisionTrace.Key]? {
        guard let count = reader.number() else { return nil }
        var keys: [DecisionTrace.Key] = []
        for _ in 0..<count {
            guard let name = reader.text(), let values = reader.number() else { return nil }
            if values == single {
                guard let text = reader.text() else { return nil }
                keys.append(DecisionTrace.Key(name, .one(text)))
                continue
            }
            var texts: [String] = []
            for _ in 0..<values {
                guard let text = reader.text() else { return nil }
                texts.append(text)
            }
            keys.append(DecisionTrace.Key(name, .many(texts)))
        }
        return keys
    }
}
