import Door
import Foundation
import HTTP
import Journal
import Scaffold
import Smithy
import Storage
import Testing
import World

/// What a call was answered, and the records it left.
struct Answer: Sendable {
    let status: Int
    private(set) var body: String
    let records: [Record]
    /// REST JSON tells an error's name here alone.
    private let errorType: String?

    init(_ response: Response, records: [Record]) {
        (status, self.records) = (response.status, records)
        let header = String(decoding: response.header.bytes, as: UTF8.self)
        errorType =
            header.components(separatedBy: "x-amzn-ErrorType: ").dropFirst().first?.components(
                separatedBy: "\r\n"
            ).first
        if case .bytes(let bytes) = response.body { body = String(decoding: bytes, as: UTF8.self) } else { body = "" }
    }

    private var isXML: Bool { body.hasPrefix("<") }

    /// The error code; nil where the call succeeded.
    var code: String? {
        guard status >= 400 else { return nil }
        return isXML ? text("Code") : (text("__type")?.split(separator: "#").last).map(String.init) ?? errorType
    }

    var message: String? { text("Message") ?? text("message") }

    /// The first text of an element or member of that name.
    func text(_ name: String) -> String? { texts(name).first }

    /// The texts of all elements or members of that name, wherever they are.
    func texts(_ name: String) -> [String] { isXML ? elements(name) : Answer.members(name, in: json) }

    /// The same without the elements of that name and what is in them.
    func without(_ name: String) -> Answer {
        var answer = self
        answer.body = body.replacingOccurrences(
            of: "(?s)<\(name)>.*?</\(name)>", with: "", options: .regularExpression)
        return answer
    }

    /// The keys that the call was answered with.
    func keys() throws -> Keys {
        Keys(
            id: try #require(text("AccessKeyId"), "\(body)"), secret: try #require(text("SecretAccessKey")),
            token: text("SessionToken"))
    }

    var json: Any? { try? JSONSerialization.jsonObject(with: Data(body.utf8)) }

    private func elements(_ name: String) -> [String] {
        body.components(separatedBy: "<\(name)>").dropFirst().map { part in
            let text = part.components(separatedBy: "</\(name)>")[0]
            let entities = [
                ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&"),
            ]
            return entities.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        }
    }

    private static func members(_ name: String, in value: Any?) -> [String] {
        switch value {
        case let object as [String: Any]:
            object.sorted { $0.key < $1.key }.flatMap { key, value in
                key == name ? [value as? String].compactMap { $0 } : members(name, in: value)
            }
        case let list as [Any]: list.flatMap { members(name, in: $0) }
        default: []
        }
    }
}

/// A row of the journal.
struct Record: Sendable {
    let position: Int64
    let entry: Entry

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(entry.record))) as? [String: Any] ?? [:]
    }
    var name: String { entry.name }
    var errorCode: String? { json["errorCode"] as? String }
    var errorMessage: String? { json["errorMessage"] as? String }

    /// Readable text without what differs between two runs.
    var normalised: String {
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: json, options: options) else { return "" }
        let replacements = [
            ("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
            ("(AKIA|ASIA)[A-Z2-7]{16}", "$1…"), ("(AIDA|AROA|AGPA|AIPA|ANPA|APKA|ASCA|ACCA)[A-Z2-7]{17}", "$1…"),
            ("\"certificateId\" : \"[A-Z2-7]{32}\"", "\"certificateId\" : \"ID\""),
            ("\"sessionToken\" : \"[^\"]+\"", "\"sessionToken\" : \"TOKEN\""),
            ("\"encodedMessage\" : \"[^\"]+\"", "\"encodedMessage\" : \"MESSAGE\""),
        ]
        return replacements.reduce(String(decoding: data, as: UTF8.self)) {
            $0.replacingOccurrences(of: $1.0, with: $1.1, options: .regularExpression)
        }
    }
}
