import Foundation
import HTTP
import Smithy
import Testing
@testable import Wire

/// Defends: botocore's own parsers read our answers as what we meant. Runs where `WIRE_CROSS_CHECK` names the folder
/// that `Tests/CrossCheck/wire_outputs.py` wrote to; that script then compares.
struct AnswerTests {
    static let folder = ProcessInfo.processInfo.environment["WIRE_CROSS_CHECK"]

    @Test(.enabled(if: folder != nil)) func areWritten() throws {
        let folder = try #require(Self.folder)
        let lines = try String(contentsOfFile: folder + "/outputs.jsonl", encoding: .utf8).split(separator: "\n")
        var answers = ""
        for line in lines {
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let name = "\(fields["service"] ?? "").\(fields["operation"] ?? "")"
            let operation = try #require(allOperations.first { String(reflecting: $0).hasSuffix("." + name) })
            answers += try answer(operation, fields) + "\n"
        }
        try answers.write(toFile: folder + "/answers.jsonl", atomically: true, encoding: .utf8)
    }

    private func answer<O: OperationShape>(_ operation: O.Type, _ fields: [String: Any]) throws -> String {
        let output = try CanonicalDecoder.shape(O.Output.self, fields["output"] ?? [:])
        let response = Codec(O.model.service).encode(operation, output, testIdentity)
        var body: [UInt8] = []
        if case .bytes(let bytes) = response.body { body = bytes }
        var result = fields
        result["status"] = response.status
        result["header"] = headerText(response)
        result["body"] = Data(body).base64EncodedString()
        return String(decoding: try JSONSerialization.data(withJSONObject: result), as: UTF8.self)
    }
}
