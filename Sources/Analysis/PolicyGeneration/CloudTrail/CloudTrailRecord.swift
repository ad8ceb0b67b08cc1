import AWS
public import Formats
public import World

/// What generation reads of one CloudTrail record.
///
/// - Source: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
public struct CloudTrailRecord: Sendable {
    public internal(set) var source = ""
    public internal(set) var name = ""
    public internal(set) var time = Instant(milliseconds: 0)
    public internal(set) var region = ""
    public internal(set) var account = ""
    public internal(set) var identity = Identity()
    public internal(set) var errorCode: String?
    var type = ""
    var isReadOnly = false
    var sourceAddress: String?
    var isTLS = false
    var endpoint: String?
    var resourceARNs: [String] = []
    var parameters: [Parameter] = []
    /// Of `responseElements`: IAM's tell the path of what was named.
    var responseARNs: [String] = []

    /// Who called.
    public struct Identity: Sendable {
        var type = ""
        var arn = ""
        var account = ""
        var issuerARN: String?
        var mfa: String?
        var invokedBy: String?
    }

    /// One text of `requestParameters`, at whatever depth.
    struct Parameter: Sendable {
        /// The nearest key above it, in lower case, letters and digits only.
        let key: String
        let text: String
        let isOutermost: Bool
    }

    /// The values of the parameters of that name, in order.
    func texts(_ key: String) -> [String] { parameters.filter { $0.key == key }.map(\.text) }

    var partition: String {
        identity.arn.split(separator: ":").dropFirst().first.map(String.init) ?? Region(region)?.partition ?? "aws"
    }

    /// The service, from `s3.amazonaws.com`.
    var service: String { String(source.prefix { $0 != "." }) }

    /// Reads a record's JSON; throws where it is none.
    public init(_ json: [UInt8]) throws(JSONError) {
        var reader = JSONReader(json)
        try self.init(&reader)
        try reader.finish()
    }

    init(_ json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "userIdentity": try readIdentity(&json)
            case "requestParameters": parameters += try JSONTexts.all(&json)
            case "responseElements":
                responseARNs += try JSONTexts.all(&json).map(\.text).filter { $0.hasPrefix("arn:") }
            case "resources": resourceARNs += try JSONTexts.all(&json).filter { $0.key == "arn" }.map(\.text)
            case "tlsDetails": isTLS = try JSONTexts.all(&json).contains { $0.key == "tlsversion" }
            case "readOnly": isReadOnly = try JSONTexts.text(&json) == "true"
            default: try readMember(key, &json)
            }
        }
    }

    private mutating func readMember(_ key: String, _ json: inout JSONReader) throws(JSONError) {
        guard let text = try JSONTexts.text(&json) else { return }
        switch key {
        case "eventSource": source = text.lowercased()
        case "eventName": name = text
        case "eventTime": time = Instant(iso8601: text) ?? time
        case "awsRegion": region = text
        case "recipientAccountId": account = text
        case "errorCode": errorCode = text
        case "eventType": type = text
        case "sourceIPAddress": sourceAddress = text
        case "vpcEndpointId": endpoint = text
        default: break
        }
    }

    private mutating func readIdentity(_ json: inout JSONReader) throws(JSONError) {
        guard try json.peek() == .object else { return try json.skipValue() }
        try json.beginObject()
        while let key = try json.nextKey() {
            if key == "sessionContext", try json.peek() == .object {
                try readSession(&json)
                continue
            }
            guard let text = try JSONTexts.text(&json) else { continue }
            switch key {
            case "type": identity.type = text
            case "arn": identity.arn = text
            case "accountId": identity.account = text
            case "invokedBy": identity.invokedBy = text
            default: break
            }
        }
    }

    private mutating func readSession(_ json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            for parameter in try JSONTexts.all(&json) {
                if key == "sessionIssuer", parameter.key == "arn" { identity.issuerARN = parameter.text }
                if key == "attributes", parameter.key == "mfaauthenticated" { identity.mfa = parameter.text }
            }
        }
    }
}

/// The texts within a JSON value.
private enum JSONTexts {
    /// A text, a number or a boolean as its text; nil, passed over, for anything else.
    static func text(_ json: inout JSONReader) throws(JSONError) -> String? {
        switch try json.peek() {
        case .string: return try json.readString()
        case .number: return try json.readNumberText()
        case .bool: return try json.readBool() ? "true" : "false"
        case .object, .array, .null:
            try json.skipValue()
            return nil
        }
    }

    /// Every text below.
    static func all(_ json: inout JSONReader) throws(JSONError) -> [CloudTrailRecord.Parameter] {
        var texts: [CloudTrailRecord.Parameter] = []
        try read(&json, under: "", depth: 0, into: &texts)
        return texts
    }

    /// Adds every text below, each with the nearest key. The reader bounds the depth.
    static func read(
        _ json: inout JSONReader, under key: String, depth: Int, into texts: inout [CloudTrailRecord.Parameter]
    ) throws(JSONError) {
        switch try json.peek() {
        case .object:
            try json.beginObject()
            while let inner = try json.nextKey() {
                try read(&json, under: normal(inner), depth: depth + 1, into: &texts)
            }
        case .array:
            try json.beginArray()
            while try json.nextElement() { try read(&json, under: key, depth: depth + 1, into: &texts) }
        default:
            if let text = try text(&json) {
                texts.append(.init(key: key, text: text, isOutermost: depth <= 1))
            }
        }
    }

    private static func normal(_ key: String) -> String { key.lowercased().filter { $0.isLetter || $0.isNumber } }
}
