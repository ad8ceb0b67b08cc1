import Formats
public import Smithy
public import World

/// Writes a shape as CloudTrail shows it: members in lower camel case, nothing sensitive, times as the service prints them.
///
/// - Source: CloudTrail User Guide, record contents (`requestParameters`, `responseElements`), and real records.
public struct RecordEncoder: ShapeEncoder {
    /// How a service's records print times.
    public enum TimeStyle: Sendable {
        /// `Jul 10, 2023 12:24:29 PM`
        case iam
        /// `Jul 10, 2023, 12:24:29 PM`
        case sts
        /// `2023-07-10T12:24:29Z`
        case iso8601
    }

    /// A member whose text names something `LookupEvents` can find, such as `userName` → `AWS::IAM::User`.
    public typealias SubjectTypes = KeyValuePairs<String, String>

    public private(set) var subjects: [Event.Subject] = []
    private var json = JSONWriter(reserving: 0)
    private var schema: Schema?
    private var current: MemberSchema?
    private var isHidden = false
    private let timeStyle: TimeStyle
    private let subjectTypes: SubjectTypes

    public init(timeStyle: TimeStyle, subjectTypes: SubjectTypes) {
        (self.timeStyle, self.subjectTypes) = (timeStyle, subjectTypes)
    }

    /// The object of a top-level structure; nil where nothing of it may or need be shown.
    public mutating func encode<T: Shape>(_ value: T) -> [UInt8]? {
        guard !T.schema.members.isEmpty else { return nil }
        json = JSONWriter(reserving: 256)
        structure(value)
        let text = json.bytes
        return text.count > 2 ? text : nil
    }

    public mutating func member(_ index: Int) {
        guard let member = schema?.members[index] else { return }
        current = member
        isHidden = member.isSensitive || member.kind == .stream
        if !isHidden { json.key(member.lowerName) }
    }

    public mutating func string(_ value: String) {
        guard !isHidden else { return }
        json.string(RecordEncoder.shown(value))
        guard let name = current?.lowerName else { return }
        for (member, type) in subjectTypes where member == name {
            subjects.append(Event.Subject(type: type, name: value))
        }
    }

    /// A text that alone is more than a record shows is left out with all that is around it: its begin is enough to see that.
    private static func shown(_ text: String) -> String {
        guard text.utf8.count > Event.largestParameters else { return text }
        return String(decoding: text.utf8.prefix(Event.largestParameters + 1), as: UTF8.self)
    }

    public mutating func integer(_ value: Int) { if !isHidden { json.integer(value) } }
    public mutating func boolean(_ value: Bool) { if !isHidden { json.bool(value) } }
    public mutating func double(_ value: Double) { if !isHidden { json.double(value) } }
    public mutating func instant(_ value: Instant) {
        if !isHidden { json.string(RecordEncoder.text(value, timeStyle)) }
    }
    /// Bytes are never shown: they are what the caller stores, or a key.
    public mutating func blob(_ value: [UInt8]) { if !isHidden { json.string("HIDDEN_DUE_TO_SECURITY_REASONS") } }
    public mutating func body(_ value: StreamingBody) {}

    public mutating func structure<T: Shape>(_ value: T) {
        guard !isHidden else { return }
        let outer = (schema, current)
        schema = T.schema
        json.beginObject()
        value.put(&self)
        json.endObject()
        (schema, current) = outer
        isHidden = false
    }

    public mutating func list<T: ShapeValue>(_ values: [T]) {
        guard !isHidden else { return }
        let outer = current
        current = outer?.element
        json.beginArray()
        for value in values { value.write(&self) }
        json.endArray()
        current = outer
    }

    public mutating func map<T: ShapeValue>(_ entries: [String: T]) {
        guard !isHidden else { return }
        let outer = current
        current = outer?.element
        json.beginObject()
        for key in entries.keys.sorted() {
            json.key(key)
            entries[key]?.write(&self)
        }
        json.endObject()
        current = outer
    }

    public static func text(_ instant: Instant, _ style: TimeStyle) -> String {
        guard style != .iso8601 else { return instant.iso8601 }
        let time = CivilTime(instant)
        let hour = time.hour % 12 == 0 ? 12 : time.hour % 12
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        bytes.append(contentsOf: CivilTime.months[time.month - 1].utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.appendDigits(time.day, time.day < 10 ? 1 : 2)
        bytes.append(contentsOf: ", ".utf8)
        bytes.appendDigits(time.year, 4)
        bytes.append(contentsOf: (style == .iam ? " " : ", ").utf8)
        bytes.appendDigits(hour, hour < 10 ? 1 : 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDigits(time.minute, 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDigits(time.second, 2)
        bytes.append(contentsOf: (time.hour < 12 ? " AM" : " PM").utf8)
        return String(decoding: bytes, as: UTF8.self)
    }
}
