import Formats
import PolicyChecks

/// Findings for people: as compilers write them, so that editors find the place.
enum LintText {
    static func text(of results: [LintResult]) -> String {
        var lines: [String] = []
        for result in results {
            if let reason = result.reason {
                lines.append("\(result.file): read as a policy of the type \(result.kind.rawValue), \(reason)")
            }
            for finding in result.findings {
                let start = finding.locations.first?.start
                let place = start.map { "\($0.line):\($0.column + 1)" } ?? "1:1"
                lines.append("\(result.file):\(place): \(finding.severity.word): \(finding.message) [\(finding.code)]")
                lines.append("    \(finding.mend)")
            }
        }
        let all = results.flatMap(\.findings)
        let counts = Finding.Severity.allCases.reversed().map { severity in
            let count = all.count { $0.severity == severity }
            return "\(count) \(severity.word)\(count == 1 ? "" : "s")"
        }
        lines.append(
            "\(results.count) \(results.count == 1 ? "policy" : "policies"): \(counts.joined(separator: ", "))")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Finding.Severity {
    /// As people read it.
    var word: String {
        switch self {
        case .error: "error"
        case .securityWarning: "security warning"
        case .warning: "warning"
        case .suggestion: "suggestion"
        }
    }
}

/// Findings for programs: an array of files, each finding as ValidatePolicy gives it, with `mend` apart.
enum LintJSON {
    static func text(of results: [LintResult]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for result in results {
            writer.beginObject()
            writer.member("file", result.file)
            writer.member("type", result.kind.rawValue)
            writer.key("typeWasGuessed")
            writer.bool(result.reason != nil)
            writer.key("findings")
            writer.beginArray()
            for finding in result.findings { write(finding, &writer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    private static func write(_ finding: Finding, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("issueCode", finding.code)
        writer.member("findingType", finding.severity.rawValue)
        writer.member("findingDetails", finding.message)
        writer.member("mend", finding.mend)
        writer.member("learnMoreLink", finding.link)
        writer.key("locations")
        writer.beginArray()
        for location in finding.locations {
            writer.beginObject()
            writer.key("path")
            writer.beginArray()
            for element in location.path { write(element, &writer) }
            writer.endArray()
            writer.key("span")
            writer.beginObject()
            write("start", location.start, &writer)
            write("end", location.end, &writer)
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ element: PathElement, _ writer: inout JSONWriter) {
        writer.beginObject()
        switch element {
        case .index(let index):
            writer.key("index")
            writer.integer(index)
        case .key(let key): writer.member("key", key)
        case .value(let value): writer.member("value", value)
        case .substring(let start, let length):
            writer.key("substring")
            writer.beginObject()
            writer.key("start")
            writer.integer(start)
            writer.key("length")
            writer.integer(length)
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ name: String, _ position: Position, _ writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        for (name, value) in [("line", position.line), ("column", position.column), ("offset", position.offset)] {
            writer.key(name)
            writer.integer(value)
        }
        writer.endObject()
    }
}
