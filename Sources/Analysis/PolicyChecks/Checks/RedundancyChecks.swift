/// Entries and statements that change nothing.
enum RedundancyChecks {
    /// Lists longer than this are compared by equality only: comparing each with each would take too long.
    private static let longest = 400

    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements {
            for list in statement.actions {
                let redundant = redundant(
                    list.entries.map { (PlacedText(text: $0.text.lowercased(), place: $0.place)) })
                guard let first = redundant.first else { continue }
                let shown = list.entries.first { $0.place.range == first.place.range }?.text ?? first.text
                report.add(
                    .redundantAction,
                    "\(redundant.count) of the actions are covered by others of the list, such as \(shown).",
                    mend: "Remove what is covered.", at: redundant.map(\.place))
            }
            for list in statement.resources {
                let redundant = redundant(list.entries)
                guard !redundant.isEmpty else { continue }
                report.add(
                    .redundantResource, "\(redundant.count) of the resources are covered by others of the list.",
                    mend: "Remove what is covered.", at: redundant.map(\.place))
            }
        }
        checkStatements(examination, &report)
    }

    /// Entries that another one covers. Of equal ones the first stays.
    private static func redundant(_ entries: [PlacedText]) -> [PlacedText] {
        guard entries.count > 1 else { return [] }
        var seen: Set<String> = []
        let wild = entries.filter { WildText.isWild($0.text) }
        return entries.filter { entry in
            if !seen.insert(entry.text).inserted { return true }
            guard entries.count <= longest else { return false }
            return wild.contains {
                $0.text != entry.text && WildText.covers($0.text, entry.text) && !(WildText.covers(entry.text, $0.text))
            }
        }
    }

    private static func checkStatements(_ examination: Examination, _ report: inout Report) {
        var seen: [String: Place] = [:]
        for statement in examination.statements {
            let content = content(statement)
            if let first = seen[content] {
                report.add(
                    .redundantStatement, "The statement says what an earlier one says already.",
                    mend: "Remove one of them.", at: statement.place, first)
            } else {
                seen[content] = statement.place
            }
        }
    }

    /// What a statement says, its Sid and the order of its lists aside.
    private static func content(_ statement: StatementOutline) -> String {
        var parts = [statement.effect?.text ?? ""]
        for list in statement.actions {
            parts += [list.name.text] + Set(list.entries.map { $0.text.lowercased() }).sorted()
        }
        for list in statement.resources { parts += [list.name.text] + Set(list.entries.map(\.text)).sorted() }
        for principal in statement.principals {
            parts += [principal.name.text, principal.isBareStar ? "*" : ""]
            parts += principal.groups.flatMap { group in group.entries.map { group.kind.text + "=" + $0.text } }
                .sorted()
        }
        parts += statement.conditions.map { condition in
            ([condition.operatorName.text, condition.keyName] + Set(condition.operands.map(\.text)).sorted()).joined(
                separator: "\n")
        }.sorted()
        return parts.joined(separator: "\n")
    }
}
