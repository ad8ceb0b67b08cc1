import Formats

/// Says what is wrong with the text of a policy, as Access Analyzer's ValidatePolicy does.
public enum PolicyChecks {
    /// What Access Analyzer's checks find, in the order of the document.
    public static func findings(in text: String, for use: PolicyUse) -> [Finding] {
        examine(Array(text.utf8), use) { _, _ in }
    }

    private static func examine(_ bytes: [UInt8], _ use: PolicyUse, _ more: (Examination, inout Report) -> Void)
        -> [Finding]
    {
        let text = SourceText(bytes)
        var reader = OutlineReader(report: Report(text))
        do throws(JSONError) {
            guard let outline = reader.document(try TextNode.read(bytes)) else { return reader.report.inDocumentOrder }
            let examination = Examination(use: use, text: text, outline: outline)
            more(examination, &reader.report)
            return reader.report.inDocumentOrder
        } catch {
            reader.report.addSyntaxError(error)
            return reader.report.inDocumentOrder
        }
    }
}

extension Report {
    /// What the reader says of a text that is no JSON; it stops at the first fault.
    fileprivate mutating func addSyntaxError(_ error: JSONError) {
        let position = text.position(error.offset)
        let end = min(error.offset + 1, text.bytes.count)
        let cause: String =
            if case .duplicateKey(let key) = error.reason { "The key \"\(key)\" stands twice in one object" } else {
                "The text is no JSON"
            }
        add(
            .jsonSyntaxError,
            "\(cause): index \(position.offset), line \(position.line), column \(position.column).",
            mend: "Mend the text there; nothing behind it was checked.",
            at: Place(path: [], range: error.offset..<max(error.offset, end)))
    }
}
