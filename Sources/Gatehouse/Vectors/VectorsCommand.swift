import Formats
import Glibc
import Simulation

/// `gatehouse vectors FILE…`: holds the policy engine against written-down cases.
enum VectorsCommand {
    static let help = """
        Runs decision and document vectors (JSON, one object a line) through the policy engine, and prints each line where
        the engine and the vector disagree.

        Usage: gatehouse vectors [--layers] [--json] FILE...

          --layers   compare also the layer that decided, where the vector names one ("by")
          --json     print one JSON object

        FILE may be - for standard input. The format is told in Tests/AuthorizationTests/Vectors/README.md.

        Exit status: 0 all agree, 1 a disagreement or a line that is not wholly understood, 2 wrong usage or a file that
        cannot be read.

        Example: gatehouse vectors Tests/AuthorizationTests/Vectors/*.jsonl
        """

    static func run(_ arguments: [String]) throws {
        guard !arguments.contains("--help"), !arguments.contains("-h") else { return print(help) }
        let options = arguments.filter { $0.hasPrefix("--") }
        let files = arguments.filter { !$0.hasPrefix("--") }
        for option in options where option != "--layers" && option != "--json" {
            throw UsageError("'\(option)' is no option of vectors", "gatehouse vectors --help")
        }
        guard !files.isEmpty else { throw UsageError("vectors needs a file", "gatehouse vectors --help") }
        var report = VectorReport(comparesLayers: options.contains("--layers"))
        for file in files {
            do { report.run(try TextFile.read(file), named: file) } catch {
                CommandLineTool.stop("gatehouse: \(error)", status: 2)
            }
        }
        print(options.contains("--json") ? report.json : report.text)
        if !report.isClean { exit(1) }
    }
}

/// What came of the vectors of some files.
struct VectorReport {
    /// A line that disagrees or is not understood.
    private struct Finding {
        let file: String
        let line: Int
        let vector: Vector
        let disagreement: Disagreement?
    }

    let comparesLayers: Bool
    private var findings: [Finding] = []
    private var count = 0
    private var files = 0

    init(comparesLayers: Bool) { self.comparesLayers = comparesLayers }

    var isClean: Bool { findings.isEmpty }
    private var disagreements: Int { findings.count { $0.disagreement != nil } }
    private var unclear: Int { findings.count { !$0.vector.problems.isEmpty } }

    /// Lines end at LF; blank ones are passed over.
    mutating func run(_ bytes: [UInt8], named file: String) {
        files += 1
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            count += 1
            let vector = Vector(Array(line))
            let disagreement = vector.content?.disagreement(comparesLayers: comparesLayers)
            if disagreement != nil || !vector.problems.isEmpty {
                findings.append(Finding(file: file, line: number, vector: vector, disagreement: disagreement))
            }
        }
    }

    var text: String {
        var lines: [String] = []
        for finding in findings {
            let place = "\(finding.file):\(finding.line): \(finding.vector.id)"
            for problem in finding.vector.problems { lines.append("\(place): \(problem)") }
            guard let disagreement = finding.disagreement else { continue }
            lines.append(place + (finding.vector.rule.isEmpty ? "" : ": \(finding.vector.rule)"))
            lines.append("    expected \(disagreement.expected)")
            lines.append(
                "    got      \(disagreement.got)" + (disagreement.reason.isEmpty ? "" : " (\(disagreement.reason))"))
        }
        let summary =
            "\(count) vectors in \(files) \(files == 1 ? "file" : "files"): \(count - findings.count) agree, "
            + "\(disagreements) disagree, \(unclear) not wholly understood"
        return (lines + [summary]).joined(separator: "\n")
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("vectors")
        writer.integer(count)
        writer.key("agree")
        writer.integer(count - findings.count)
        writer.key("disagree")
        writer.integer(disagreements)
        writer.key("notUnderstood")
        writer.integer(unclear)
        writer.key("findings")
        writer.beginArray()
        for finding in findings { VectorReport.write(finding, &writer) }
        writer.endArray()
        writer.endObject()
        return writer.text
    }

    private static func write(_ finding: Finding, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("file", finding.file)
        writer.key("line")
        writer.integer(finding.line)
        writer.member("id", finding.vector.id)
        writer.member("rule", finding.vector.rule)
        if let disagreement = finding.disagreement {
            writer.member("expected", disagreement.expected)
            writer.member("got", disagreement.got)
            writer.member("reason", disagreement.reason)
        }
        if !finding.vector.problems.isEmpty {
            writer.key("problems")
            writer.beginArray()
            for problem in finding.vector.problems { writer.string(problem) }
            writer.endArray()
        }
        writer.endObject()
    }
}
