import AWS
import Authentication
import Door
import Formats
import HTTP
import World

/// Lines of server access logs.
///
/// What comes from a request is escaped so that it can neither end its field nor its line. Signatures and session tokens of
/// links are not written: whoever reads the log could use them.
/// - Source: S3 User Guide, "Amazon S3 server access log format".
struct LogLine {
    private let request: LoggedRequest
    private let bucket: WatchedBucket

    /// - Parameter bucket: whose log it is for.
    init(_ request: LoggedRequest, for bucket: WatchedBucket) { (self.request, self.bucket) = (request, bucket) }

    /// Of the request itself.
    var whole: [UInt8] {
        let head = request.head
        let operation = LoggedOperation.name(
            request.operation, method: head.text(head.method), isOnObject: !request.key.isEmpty)
        var line = beginning(operation, key: request.key)
        line.quoted(uri(target: Array(head.bytes(head.target))))
        line.number(Int64(request.status))
        line.word(request.notes.errorCode)
        line.number(request.bytesSent == 0 ? nil : request.bytesSent)
        line.number(request.objectSize)
        line.number(request.totalTime)
        line.number(request.turnAroundTime)
        end(&line, version: request.version, tellsAgent: true)
        return line.bytes
    }

    /// Of the source of a copy. - Parameter version: that the request names.
    func source(_ operation: String, key: String, version: String?) -> [UInt8] {
        var line = beginning(LoggedOperation.ofSource(operation), key: Array(key.utf8))
        var target: [UInt8] = Array("/\(bucket.name)/".utf8)
        PercentEncoding.append(key.utf8, to: &target, keepingSlash: true)
        line.quoted(Array("GET ".utf8) + target + Array(" HTTP/1.1".utf8))
        line.number(Int64(request.status))
        line.word(request.notes.errorCode)
        line.number(request.notes.errorCode == nil ? request.notes.sourceSize : nil)
        line.number(request.notes.sourceSize)
        line.number(request.totalTime)
        line.number(request.turnAroundTime)
        end(&line, version: version, tellsAgent: true)
        return line.bytes
    }

    /// Of one of several objects that were to be deleted.
    func deleted(_ object: RequestNotes.Deleted) -> [UInt8] {
        var line = beginning(LoggedOperation.deleted, key: Array(object.key.utf8))
        line.word(nil)
        line.number(Int64(object.status))
        line.word(object.code)
        for _ in 0..<4 { line.word(nil) }
        end(&line, version: object.version, tellsAgent: false)
        return line.bytes
    }

    private func beginning(_ operation: String, key: [UInt8]) -> LogField {
        var line = LogField()
        line.word(bucket.owner)
        line.word(bucket.name)
        line.raw(LogLine.time(request.received))
        line.word(request.head.connection.peerAddress)
        line.word(requester)
        line.word(request.notes.requestID)
        line.word(operation)
        line.encoded(key)
        return line
    }

    /// - Parameter tellsAgent: whether the client's own words are among it.
    private func end(_ line: inout LogField, version: String?, tellsAgent: Bool) {
        let (head, caller) = (request.head, request.notes.caller)
        if tellsAgent {
            line.quoted(head.text("referer").map { LogLine.withoutSecrets(Array($0.utf8)) })
            line.quoted(head.text("user-agent").map { Array($0.utf8) })
        } else {
            line.word(nil)
            line.word(nil)
        }
        line.word(version)
        line.word(request.notes.hostID)
        line.word(caller?.signatureVersion.map { $0 == .version2 ? "SigV2" : "SigV4" })
        line.word(head.connection.tls?.cipherSuite)
        switch caller?.method {
        case .header: line.word("AuthHeader")
        case .query: line.word("QueryString")
        default: line.word(nil)
        }
        line.word(head.text("host"))
        line.word(head.connection.tls?.version)
        // Last comes the Region of the caller, which is known of AWS's own addresses.
        line.word(bucket.point)
        line.word(request.notes.neededLists ? "Yes" : nil)
        line.word(nil)
    }

    /// An account by its canonical id, everybody else by ARN.
    private var requester: String? {
        switch request.notes.caller?.principal {
        case .root(let account): CanonicalUser.id(of: account)
        case let principal?: principal.arn
        case nil: nil
        }
    }

    private func uri(target: [UInt8]) -> [UInt8] {
        let head = request.head
        return Array(head.bytes(head.method)) + [UInt8(ascii: " ")] + LogLine.withoutSecrets(target)
            + Array((head.isHTTP11 ? " HTTP/1.1" : " HTTP/1.0").utf8)
    }

    private static let secrets: Set<String> = ["x-amz-signature", "signature", "x-amz-security-token"]

    /// The same address, without what lets its reader call.
    static func withoutSecrets(_ address: [UInt8]) -> [UInt8] {
        guard let mark = address.firstIndex(of: UInt8(ascii: "?")) else { return address }
        let parameters = address[(mark + 1)...].split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        let shown = parameters.map { parameter -> [UInt8] in
            guard let sign = parameter.firstIndex(of: UInt8(ascii: "=")),
                let name = PercentEncoding.decode(parameter[..<sign], plusIsSpace: true),
                secrets.contains(String(decoding: name, as: UTF8.self).lowercased())
            else { return Array(parameter) }
            return parameter[...sign] + Array("REDACTED".utf8)
        }
        return address[...mark] + Array(shown.joined(separator: [UInt8(ascii: "&")]))
    }

    /// `[06/Feb/2019:00:00:38 +0000]`
    static func time(_ instant: Instant) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let date = CivilTime(instant)
        let time = [date.hour, date.minute, date.second].map { LogLine.padded($0, 2) }.joined(separator: ":")
        return "[\(padded(date.day, 2))/\(months[date.month - 1])/\(padded(date.year, 4)):\(time) +0000]"
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

/// Fields with a space between them; a hyphen where nothing is known.
struct LogField {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ text: String) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
        bytes += text.utf8
    }

    mutating func number(_ value: Int64?) { raw(value.map(String.init) ?? "-") }

    /// A text without quotation marks: nothing in it is a space.
    mutating func word(_ text: String?) {
        guard let text, !text.isEmpty else { return raw("-") }
        raw("")
        for byte in text.utf8 { append(byte, isPlain: byte > 0x20) }
    }

    mutating func encoded(_ key: [UInt8]) {
        raw(key.isEmpty ? "-" : "")
        PercentEncoding.append(key, to: &bytes, keepingSlash: true)
    }

    /// A text in quotation marks, which it has none of itself.
    mutating func quoted(_ text: [UInt8]?) {
        raw("\"")
        if let text {
            for byte in text { append(byte, isPlain: byte >= 0x20) }
        } else {
            bytes.append(UInt8(ascii: "-"))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ byte: UInt8, isPlain: Bool) {
        if isPlain, byte < 0x7F, byte != UInt8(ascii: "\"") {
            bytes.append(byte)
        } else {
            PercentEncoding.append(byte, to: &bytes)
        }
    }
}
