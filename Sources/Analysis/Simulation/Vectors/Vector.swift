import Authorization

/// One line of a vector file.
public struct Vector: Sendable {
    /// The two formats that files may mix.
    public enum Content: Sendable {
        case decision(DecisionVector)
        case document(DocumentVector)
    }
    /// As the line tells it.
    public let id: String
    /// What the vector shows, in words.
    public let rule: String
    /// Nil where the line is not understood.
    public let content: Content?
    /// Why it is not understood, or fields of it that nobody knows. A line with such fields is tried all the same.
    public let problems: [String]

    /// Never fails: what cannot be read is told in `problems`.
    public init(_ line: [UInt8]) {
        var reader = FieldReader(line)
        var parts = VectorParts()
        var content: Content?
        do {
            try reader.document { reader, name in try parts.read(&reader, name) }
            content = parts.content(&reader)
        } catch {
            reader.complain("\(error)")
        }
        self.id = parts.id
        rule = parts.rule
        self.content = reader.problems.isEmpty ? content : nil
        problems = reader.problems + reader.unknownFields.map { "unknown field \($0)" }
    }
}

private struct VectorParts {
    var id = ""
    var rule = ""
    private var decision: DecisionVectorParts?
    private var policyType: String?
    private var document: [UInt8]?
    private var texts: [String: String] = [:]
    private var isValid: Bool?

    mutating func read(_ reader: inout FieldReader, _ name: String) throws -> Bool {
        switch name {
        case "id": id = try reader.scalar()
        case "rule": rule = try reader.string()
        case "source": _ = try reader.string()
        case "request":
            var parts = decision ?? DecisionVectorParts()
            try parts.readRequest(&reader)
            decision = parts
        case "policies":
            var parts = decision ?? DecisionVectorParts()
            try parts.readPolicies(&reader)
            decision = parts
        case "policyType": policyType = try reader.string()
        case "document": document = try reader.policy()
        case "expected": try readExpected(&reader)
        default: return false
        }
        return true
    }

    private mutating func readExpected(_ reader: inout FieldReader) throws {
        try reader.object { reader, name in
            switch name {
            case "decision", "by", "code", "message": texts[name] = try reader.string()
            case "valid": isValid = try reader.bool()
            default: return false
            }
            return true
        }
    }

    /// Nil where a part is missing, which is complained of.
    func content(_ reader: inout FieldReader) -> Vector.Content? {
        if let decision {
            return decision.vector(&reader, expecting: texts["decision"], by: texts["by"]).map { .decision($0) }
        }
        guard let policyType, let document else {
            reader.complain("neither a decision vector nor a document vector")
            return nil
        }
        guard let kind = DocumentVector.kinds[policyType] else {
            reader.complain("no policy type: \(policyType)")
            return nil
        }
        guard let isValid else {
            reader.complain("it is not told whether the document is valid")
            return nil
        }
        return .document(
            DocumentVector(
                kind: kind, document: document, isValid: isValid, code: texts["code"], message: texts["message"]))
    }
}
