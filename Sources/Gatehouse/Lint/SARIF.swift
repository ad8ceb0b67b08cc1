import Formats
import PolicyChecks

/// Findings as code scanners exchange them.
/// - Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
enum SARIF {
    static func text(of results: [LintResult]) -> String {
        let findings = results.flatMap { result in result.findings.map { (result.file, $0) } }
        var rules: [String: Finding] = [:]
        for (_, finding) in findings { rules[finding.code] = rules[finding.code] ?? finding }
        let codes = rules.keys.sorted()
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
        writer.member("version", "2.1.0")
        writer.key("runs")
        writer.beginArray()
        writer.beginObject()
        writer.member("columnKind", "unicodeCodePoints")
        writeTool(codes.compactMap { rules[$0] }, &writer)
        writer.key("results")
        writer.beginArray()
        for (file, finding) in findings {
            write(finding, codes.firstIndex(of: finding.code) ?? 0, file, &writer)
        }
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    private static func writeTool(_ rules: [Finding], _ writer: inout JSONWriter) {
        writer.key("tool")
        writer.beginObject()
        writer.key("driver")
        writer.beginObject()
        writer.member("name", "gatehouse lint")
        writer.member("semanticVersion", CommandLineTool.version)
        writer.key("rules")
        writer.beginArray()
        for rule in rules {
            writer.beginObject()
            writer.member("id", rule.code)
            writer.member("helpUri", rule.link)
            writer.key("defaultConfiguration")
            writer.beginObject()
            writer.member("level", level(rule.severity))
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endObject()
    }

    private static func write(_ finding: Finding, _ rule: Int, _ file: String, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("ruleId", finding.code)
        writer.key("ruleIndex")
        writer.integer(rule)
        writer.member("level", level(finding.severity))
        writer.key("message")
        writer.beginObject()
        writer.member("text", finding.message + " " + finding.mend)
        writer.endObject()
        for (name, locations) in [
            ("locations", finding.locations.prefix(1)), ("relatedLocations", finding.locations.dropFirst()),
        ] where !locations.isEmpty {
            writer.key(name)
            writer.beginArray()
            for location in locations { write(location, file, &writer) }
            writer.endArray()
        }
        writer.endObject()
    }

    /// SARIF counts lines and columns from 1, and an end is behind the last character, as ours.
    private static func write(_ location: Location, _ file: String, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("physicalLocation")
        writer.beginObject()
        writer.key("artifactLocation")
        writer.beginObject()
        writer.member("uri", uri(file))
        writer.endObject()
        writer.key("region")
        writer.beginObject()
        for (name, value) in [
            ("startLine", location.start.line), ("startColumn", location.start.column + 1),
            ("endLine", location.end.line), ("endColumn", location.end.column + 1),
            ("charOffset", location.start.offset), ("charLength", location.end.offset - location.start.offset),
        ] {
            writer.key(name)
            writer.integer(value)
        }
        writer.endObject()
        writer.endObject()
        writer.endObject()
    }

    private static func level(_ severity: Finding.Severity) -> String {
        switch severity {
        case .error: "error"
        case .securityWarning, .warning: "warning"
        case .suggestion: "note"
        }
    }

    private static func uri(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { PercentEncoding.encode(String($0)) }
            .joined(separator: "/")
    }
}
