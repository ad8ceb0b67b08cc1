import Formats
import HTTP
import Smithy
import World

/// Writes the output of a REST XML operation: status, headers, and the body as XML, text, bytes or a stream.
struct RESTShapeEncoder: ShapeEncoder {
    private enum Target {
        case xml
        case header(String)
        case metadata(prefix: String)
        case status
        case payload
        /// Kept for the length of a HEAD's answer; the edge writes the header itself.
        case contentLength
    }

    private(set) var header = HeaderBlock()
    private(set) var status: Int?
    private(set) var payload: ResponseBody?
    private(set) var contentLength: Int64?
    private(set) var hasContentType = false
    /// Whether a `Content-Range` was given: the answer is Partial Content.
    private(set) var isPartial = false
    private var xml: XMLShapeEncoder
    private let schema: Schema
    private let rootName: [UInt8]
    private let namespace: String
    private var target = Target.xml
    private var current: MemberSchema?
    private var hasRoot = false

    /// - Parameter root: the element around the members of an output without payload.
    init(_ schema: Schema, root: String, namespace: String) {
        (self.schema, self.namespace) = (schema, namespace)
        rootName = Array((root.isEmpty ? schema.name : root).utf8)
        xml = XMLShapeEncoder(schema, writesMilliseconds: true)
    }

    /// Writes all of `output`. The XML is complete after this.
    mutating func encode<T: Shape>(_ output: T) {
        let hasBodyMembers = schema.payload == nil && schema.members.contains { $0.location == .body }
        // A root that is itself a member, such as S3's LocationConstraint, is written by the member, or empty.
        let isMember = schema.index(wireName: rootName[...]) != nil && schema.members.count == 1
        if hasBodyMembers, !isMember { openRoot() }
        output.put(&self)
        if hasBodyMembers, isMember, !hasRoot {
            openRoot()
            xml.write { [rootName] in $0.close(rootName) }
        } else if hasBodyMembers, !isMember {
            xml.write { [rootName] in $0.close(rootName) }
        }
    }

    /// The XML written; empty where the output has none.
    var document: [UInt8] { hasRoot ? xml.writer.bytes : [] }

    private mutating func openRoot() {
        hasRoot = true
        xml.write { [rootName, namespace] writer in
            writer.declaration()
            writer.open(rootName, namespace: namespace)
        }
    }

    mutating func member(_ index: Int) {
        let member = schema.members[index]
        current = member
        switch member.location {
        case .header: target = header(of: member)
        case .headers: target = .metadata(prefix: member.wireName)
        case .status: target = .status
        case .uri, .query: target = .payload
        case .body:
            target = member.isPayload && member.kind != .structure ? .payload : .xml
            xml.member(index)
        }
    }

    private func header(of member: MemberSchema) -> Target {
        RESTParameters.isSame(member.wireBytes[...], Array("content-length".utf8)[...])
            ? .contentLength : .header(member.wireName)
    }

    private mutating func plain(_ text: String) {
        switch target {
        case .xml: break
        case .header(let name):
            switch name.lowercased() {
            case "content-type": hasContentType = true
            case "content-range": isPartial = true
            default: break
            }
            header.add(name: name, text)
        case .status: status = Int(text)
        case .contentLength: contentLength = Int64(text)
        case .payload: payload = .bytes(Array(text.utf8))
        case .metadata: break
        }
    }

    private var isXML: Bool { if case .xml = target { true } else { false } }

    mutating func string(_ value: String) {
        guard isXML else { return plain(value) }
        if current?.wireBytes == rootName, !hasRoot {
            openRoot()
            xml.write { [rootName] writer in
                writer.text(value)
                writer.close(rootName)
            }
        } else {
            xml.string(value)
        }
    }

    mutating func integer(_ value: Int) { if isXML { xml.integer(value) } else { plain(String(value)) } }
    mutating func boolean(_ value: Bool) { if isXML { xml.boolean(value) } else { plain(value ? "true" : "false") } }
    mutating func double(_ value: Double) { if isXML { xml.double(value) } else { plain("\(value)") } }

    mutating func instant(_ value: Instant) {
        guard !isXML else { return xml.instant(value) }
        switch current?.timestampFormat ?? .rfc822 {
        case .rfc822: plain(value.httpDate)
        case .iso8601: plain(value.iso8601)
        case .unix: plain(String(value.seconds))
        }
    }

    mutating func blob(_ value: [UInt8]) {
        switch target {
        case .xml: xml.blob(value)
        case .payload: payload = .bytes(value)
        default: plain(Base64.encode(value))
        }
    }

    mutating func body(_ value: StreamingBody) {
        if case .response(let body) = value { payload = body }
    }

    mutating func structure<T: Shape>(_ value: T) {
        guard isXML else { return }
        guard current?.isPayload == true, let name = current?.wireBytes else { return xml.structure(value) }
        hasRoot = true
        let space = current?.xmlNamespace ?? namespace
        xml.write { writer in
            writer.declaration()
            writer.open(name, namespace: space)
        }
        xml.members(of: value)
        xml.write { $0.close(name) }
    }

    mutating func list<T: ShapeValue>(_ values: [T]) {
        if isXML { xml.list(values) } else { plain(values.map { "\($0)" }.joined(separator: ",")) }
    }

    mutating func map<T: ShapeValue>(_ entries: [String: T]) {
        guard case .metadata(let prefix) = target else { return xml.map(entries) }
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) { header.add(name: prefix + key, "\(value)") }
    }
}
