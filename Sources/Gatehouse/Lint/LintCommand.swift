import Formats
import Glibc
import PolicyChecks
import World

/// `gatehouse lint FILE…`: what is wrong with policies, for people, editors and pipelines.
enum LintCommand {
    static let known: [Options.Known] = [
        .init("type", "TYPE", "identity, resource, scp, rcp, trust or session (guessed from the text)"),
        .init("resource-type", "TYPE", "what the policy is attached to, such as AWS::S3::Bucket"),
        .init("format", "FORMAT", "text, json or sarif (text)"),
        .init("fail-on", "SEVERITY", "error, security, warning, suggestion or none (error)"),
    ]

    static let help = """
        Says what is wrong with policies: the checks of Access Analyzer's ValidatePolicy, and traps that AWS does not
        tell of (codes that begin with GATEHOUSE_).

        Usage: gatehouse lint [OPTIONS] FILE…

        FILE is a policy, the answer of an AWS command that holds one (get-policy-version, get-role, get-bucket-policy,
        describe-policy), - for standard input, or a folder, of which all *.json are read.

        \(Options.help("lint", "", known).split(separator: "\n").filter { $0.hasPrefix("  --") }.joined(separator: "\n"))

        Exit status: 0 nothing as severe as --fail-on was found; 1 something was; 2 the command line is wrong;
        3 a file cannot be read.
        """

    static func run(_ arguments: [String]) throws {
        var (names, rest): ([String], [String]) = ([], [])
        var isValue = false
        for argument in arguments {
            if isValue || argument.hasPrefix("-") && argument != "-" {
                rest.append(argument)
                isValue = !isValue && argument.hasPrefix("--") && !argument.contains("=") && argument != "--help"
            } else {
                names.append(argument)
            }
        }
        let options = try Options(rest, command: "lint", known: known, environment: [:])
        guard !options.wantsHelp else { return print(help) }
        guard !names.isEmpty else { throw UsageError("lint needs files", "gatehouse lint --help") }
        let settings = try LintSettings(options)
        do {
            let results = try PolicyFiles.list(names).map { try settings.lint($0) }
            print(settings.text(of: results), terminator: "")
            if settings.isFailure(results) { exit(1) }
        } catch let error as UnreadableFile {
            CommandLineTool.stop("gatehouse: cannot read \(error.path)", status: 3)
        }
    }
}

/// What the command line asks of `lint`.
struct LintSettings {
    private enum Format: String { case text, json, sarif }

    private let kind: PolicyUse.Kind?
    private let resourceType: String?
    private let format: Format
    /// Nil: nothing found is a failure.
    private let leastFailure: Finding.Severity?

    init(_ options: Options) throws {
        func wrong(_ name: String, _ value: String) -> UsageError {
            UsageError("--\(name) cannot be \"\(value)\"", "gatehouse lint --help")
        }
        kind = try options["type"].map { value in
            guard let kind = PolicyUse.Kind(rawValue: value) else { throw wrong("type", value) }
            return kind
        }
        resourceType = options["resource-type"]
        if let resourceType, !PolicyUse.resourceTypes.contains(resourceType) {
            throw wrong("resource-type", resourceType)
        }
        if resourceType != nil, let kind, kind != .resource {
            throw UsageError("--resource-type goes with --type resource", "gatehouse lint --help")
        }
        let name = options["format"] ?? "text"
        guard let format = Format(rawValue: name) else { throw wrong("format", name) }
        self.format = format
        let severity = options["fail-on"] ?? "error"
        switch severity {
        case "error": leastFailure = .error
        case "security": leastFailure = .securityWarning
        case "warning": leastFailure = .warning
        case "suggestion": leastFailure = .suggestion
        case "none": leastFailure = nil
        default: throw wrong("fail-on", severity)
        }
    }

    func lint(_ path: String) throws -> LintResult {
        let source = LintSource(try PolicyFiles.read(path), kind: resourceType == nil ? kind : .resource)
        let use = PolicyUse(source.kind, resourceType: resourceType)
        return LintResult(
            file: path == "-" ? "stdin" : path, kind: use.kind, reason: source.reason,
            findings: PolicyChecks.lint(source.text, for: use))
    }

    func isFailure(_ results: [LintResult]) -> Bool {
        guard let leastFailure else { return false }
        return results.contains { $0.findings.contains { $0.severity >= leastFailure } }
    }

    func text(of results: [LintResult]) -> String {
        switch format {
        case .text: LintText.text(of: results)
        case .json: LintJSON.text(of: results)
        case .sarif: SARIF.text(of: results)
        }
    }
}

/// What was found in one file.
struct LintResult {
    let file: String
    let kind: PolicyUse.Kind
    /// Why that kind was taken, where nobody named it.
    let reason: String?
    let findings: [Finding]
}
