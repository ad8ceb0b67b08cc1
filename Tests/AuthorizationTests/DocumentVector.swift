import Authorization

/// One line of a document vector file.
struct DocumentVector {
    let id: String
    private let kind: PolicyKind
    private let document: [UInt8]
    private let isValid: Bool
    private let code, message: String?

    private static let kinds: [String: PolicyKind] = [
        "managed": .managed, "identity": .identity, "session": .session, "trust": .trust,
        "resource": .resource(service: "s3"), "scp": .scp, "rcp": .rcp, "key": .keyPolicy, "endpoint": .endpoint,
    ]

    init(_ tree: JSONTree) throws {
        id = tree["id"]?.string ?? ""
        kind = try require(DocumentVector.kinds[tree["policyType"]?.string ?? ""])
        document = Array((tree["document"]?.string ?? "").utf8)
        let expected = try require(tree["expected"])
        isValid = try require(expected["valid"]?.bool)
        (code, message) = (expected["code"]?.string, expected["message"]?.string)
    }

    /// How the parser's answer differs from what is expected; nil where it does not.
    var fault: String? {
        do throws(PolicyError) {
            _ = try PolicyParser.parse(document, as: kind)
            return isValid ? nil : "accepted"
        } catch {
            if isValid { return "refused: \(error.message)" }
            if let code, code != error.code { return error.code }
            if let message, message != error.message { return error.message }
            return nil
        }
    }
}
