/// Policy variables, `${…}`: how they are written and where they stand for something.
/// - Source: IAM User Guide, "IAM policy elements: Variables and tags".
enum VariableChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements {
            for list in statement.resources {
                for entry in list.entries { checkText(entry.text, entry.place, examination, &report) }
            }
            for condition in statement.conditions {
                for operand in condition.operands where operand.text.contains("${") {
                    guard condition.operation.takesVariables || condition.operation.family == nil else {
                        report.add(
                            .invalidVariableForOperator,
                            "\(condition.operatorName.text) compares \"\(operand.text)\" as it stands: variables work under String and ARN operators only.",
                            mend: "Write the value itself.", at: operand.place)
                        continue
                    }
                    checkText(operand.text, operand.place, examination, &report)
                }
            }
            checkElsewhere(statement, &report)
        }
    }

    /// Elements in which a variable is plain text.
    private static func checkElsewhere(_ statement: StatementOutline, _ report: inout Report) {
        var texts = [statement.sid, statement.effect].compactMap { $0 }
        texts += statement.actions.flatMap(\.entries)
        texts += statement.principals.flatMap(\.groups).flatMap(\.entries)
        texts += statement.conditions.map(\.key)
        for text in texts {
            guard let start = text.text.firstRange(of: "${") else { continue }
            let variable = text.text[start.lowerBound...].prefix { $0 != "}" }
            report.add(
                .variableUnsupportedInElement, "\(variable)} is plain text here, not a variable.",
                mend: "Variables work in Resource and in the values of conditions.", at: text.place)
        }
    }

    private static func checkText(
        _ text: String, _ place: Place, _ examination: Examination, _ report: inout Report
    ) {
        var offset = 0
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            offset += rest.distance(scalarsTo: start.lowerBound)
            rest = rest[start.lowerBound...]
            let end = rest.firstIndex(of: "}")
            let inner = rest.dropFirst(2)[..<(end ?? rest.endIndex)]
            let length = rest.distance(scalarsTo: end ?? rest.endIndex) + (end == nil ? 0 : 1)
            let part = Place(
                path: place.path + [.substring(start: offset, length: length)],
                range: range(of: rest[..<(end.map { rest.index(after: $0) } ?? rest.endIndex)], in: text, place))
            checkVariable(inner, isClosed: end != nil, part, examination, &report)
            guard let end else { return }
            offset += rest.distance(scalarsTo: rest.index(after: end))
            rest = rest[rest.index(after: end)...]
        }
    }

    /// The bytes of a part of a text; of all of it where escapes hide which they are.
    private static func range(of part: Substring, in text: String, _ place: Place) -> Range<Int> {
        guard place.range.count == text.utf8.count + 2 else { return place.range }
        let start = place.range.lowerBound + 1 + text.utf8.distance(from: text.startIndex, to: part.startIndex)
        return start..<start + part.utf8.count
    }

    private static func checkVariable(
        _ inner: Substring, isClosed: Bool, _ place: Place, _ examination: Examination, _ report: inout Report
    ) {
        guard isClosed else {
            report.add(
                .missingBraceInVariable, "The variable \"${\(inner)\" does not end.", mend: "Add a } behind its name.",
                at: place)
            return
        }
        if inner.allSatisfy({ $0 == " " }) {
            report.add(
                .emptyVariable, "The variable has no name.", mend: "Name a condition key between the braces.", at: place
            )
            return
        }
        // ${*}, ${?} and ${$} spell the characters themselves.
        guard !["*", "?", "$"].contains(inner) else { return checkVersion(place, examination, &report) }
        let parts = inner.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        if parts[0].contains(" ") {
            report.add(
                .unsupportedSpaceInVariable, "The name \"\(parts[0])\" has a blank in it.", mend: "Remove the blank.",
                at: place)
        }
        if parts.count == 2 {
            let value = parts[1].drop { $0 == " " }
            if !(value.hasPrefix("'") && value.hasSuffix("'") && value.utf8.count >= 2) {
                report.add(
                    .missingQuoteInVariable, "The default \"\(value)\" does not stand in single quotes.",
                    mend: "Write ${\(parts[0]), '…'}.", at: place)
            }
        }
        checkVersion(place, examination, &report)
    }

    private static func checkVersion(_ place: Place, _ examination: Examination, _ report: inout Report) {
        guard !examination.outline.hasVariables,
            examination.outline.version?.text != nil || !examination.outline.hasVersion
        else { return }
        report.add(
            .variableUnsupportedInVersion, "Before version 2012-10-17 a variable is plain text.",
            mend: "Write \"Version\": \"2012-10-17\".", at: place)
    }
}

extension Substring {
    fileprivate func distance(scalarsTo end: Index) -> Int { self[..<end].unicodeScalars.count }
}
