import Authorization
import Formats

/// Says what is wrong with the text of a policy, as Access Analyzer's ValidatePolicy does.
public enum PolicyChecks {
    /// What Access Analyzer's checks find, in the order of the document.
    public static func findings(in text: String, for use: PolicyUse) -> [Finding] {
        examine(Array(text.utf8), use, withTraps: false)
    }

    /// What Access Analyzer's checks find, what IAM would refuse to store, and the traps that AWS does not tell of.
    public static func lint(_ text: [UInt8], for use: PolicyUse) -> [Finding] { examine(text, use, withTraps: true) }

    private static func examine(_ bytes: [UInt8], _ use: PolicyUse, withTraps: Bool) -> [Finding] {
        let text = SourceText(bytes)
        var reader = OutlineReader(report: Report(text))
        do throws(JSONError) {
            guard let outline = reader.document(try TextNode.read(bytes)) else { return reader.report.inDocumentOrder }
            let examination = Examination(use: use, text: text, outline: outline)
            AccessAnalyzerChecks.check(examination, &reader.report)
            if withTraps {
                ConditionTraps.check(examination, &reader.report)
                StatementTraps.check(examination, &reader.report)
                reader.report.addVerdict(bytes, use)
            }
        } catch {
            reader.report.addSyntaxError(error)
        }
        return reader.report.inDocumentOrder
    }
}

extension PolicyUse {
    /// The kind as the one parser takes it.
    fileprivate var policyKind: PolicyKind {
        switch kind {
        case .identity: .managed
        case .session: .session
        case .trust: .trust
        case .serviceControl: .scp
        case .resourceControl: .rcp
        case .resource: .resource(service: resourceType?.hasPrefix("AWS::DynamoDB") == true ? "dynamodb" : "s3")
        }
    }
}

extension Report {
    /// What the one parser says of a text that it does not take, and why a role is not given a trust policy that it takes.
    fileprivate mutating func addVerdict(_ bytes: [UInt8], _ use: PolicyUse) {
        do throws(PolicyError) {
            _ = try PolicyParser.parse(bytes, as: use.policyKind)
            guard use.kind == .trust, let refusal = TrustControls.refusal(of: bytes) else { return }
            addMalformed(refusal.error, mend: refusal.mend, in: bytes)
        } catch {
            // Statements without Resource are fit for some resource that nobody named.
            if use.kind == .resource, use.resourceType == nil { return }
            addMalformed(error, mend: "Mend what the other findings name, or what the message says.", in: bytes)
        }
    }

    private mutating func addMalformed(_ error: PolicyError, mend: String, in bytes: [UInt8]) {
        let offset = min(error.offset ?? 0, bytes.count)
        add(
            .malformed, "The policy cannot be stored: \(error.code): \(error.message)", mend: mend,
            at: Place(path: [], range: offset..<offset))
    }

    /// What the reader says of a text that is no JSON; it stops at the first fault.
    fileprivate mutating func addSyntaxError(_ error: JSONError) {
        let start = min(error.offset, text.bytes.count)
        let position = text.position(start)
        let cause: String =
            if case .duplicateKey(let key) = error.reason { "The key \"\(key)\" stands twice in one object" } else {
                "The text is no JSON"
            }
        add(
            .jsonSyntaxError,
            "\(cause): index \(position.offset), line \(position.line), column \(position.column).",
            mend: "Mend the text there; nothing behind it was checked.",
            at: Place(path: [], range: start..<min(start + 1, text.bytes.count)))
    }
}
