import Smithy

/// The coverage of all services as a Markdown text.
struct CoverageDocument {
    let services: [ServiceCoverage]
    let summary: CoverageSummary

    var text: String {
        ([CoverageDocument.opening, summary.text] + services.map(section) + [ungated]).joined(separator: "\n")
    }

    private static let opening = """
        # Coverage

        Written by `make coverage` from the operations themselves; do not edit.

        An operation listed here is carried out in full, except for the members named as refused: a request that gives one
        is answered with an error, never with a success that left it out. All other operations answer with an error too.
        Access is what the operation asks of the policies, in the order of asking; all must be allowed. Resources are those
        of a sample call in account 111122223333.

        """

    private func section(_ service: ServiceCoverage) -> String {
        let rows = service.operations.map { operation in
            "| \(operation.name) | \(access(operation)) | \(list(operation.refusedMembers.map { "`\($0)`" })) |"
        }
        var lines = ["## \(service.model.serviceID)", ""]
        if !rows.isEmpty { lines += ["| operation | access | members refused |", "|---|---|---|"] + rows + [""] }
        if !service.missing.isEmpty {
            lines += ["Not implemented (\(service.missing.count)): \(list(service.missing)).", ""]
        }
        return lines.joined(separator: "\n")
    }

    private func access(_ operation: OperationCoverage) -> String {
        if operation.ungated != nil { return "any signed caller; see below" }
        var parts = operation.asks
        parts += operation.sometimes.map { "with optional members \($0)" }
        parts += operation.hints.map { "to tell of absence \($0)" }
        return parts.isEmpty ? "–" : parts.joined(separator: "; ")
    }

    /// Operations no policy is asked about, each with its reason.
    private var ungated: String {
        let lines = services.flatMap { service in
            service.operations.compactMap { operation in
                operation.ungated.map { "- \(service.model.serviceID) \(operation.name): \($0)." }
            }
        }
        return (["## Without a question to the policies", ""] + (lines.isEmpty ? ["None."] : lines)).joined(
            separator: "\n") + "\n"
    }

    private func list(_ items: [String]) -> String { items.isEmpty ? "–" : items.joined(separator: ", ") }
}
