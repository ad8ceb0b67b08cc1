import CSystem
import Formats
import Glibc
import Journal
import PolicyGeneration
import Storage
import World

/// `gatehouse generate-policy PRINCIPAL-ARN`: prints a policy that allows what a principal did, and little else.
enum GeneratePolicyCommand {
    static let known: [Options.Known] =
        ServerAccess.options + [
            .init(
                "records", "FILE…",
                "CloudTrail records instead, of any account: files of a trail, of lookup-events, or lines"),
            .init("from", "TIME", "not before, as 2026-03-01T00:00:00Z (the first record)"),
            .init("to", "TIME", "not after (now)"),
            .init("conditions", nil, "apply the conditions that every use satisfied"),
            .init("exact", nil, "name each resource, however many"),
            .init("part", "N", "print the Nth policy where one is not enough"),
            .init(
                "json", nil, "print a JSON object: policies, notes, statements with their uses, conditions, refusals"),
        ]

    private static let more = """

        PRINCIPAL-ARN is a user, a role with all its sessions, or one session. The policy goes to the standard output,
        notes on it to the standard error:

          gatehouse generate-policy ARN | aws iam create-policy --policy-name NAME --policy-document file:///dev/stdin

        A server that has the data folder open is asked, for a principal of the caller's account; it wants
        gatehouse:GeneratePolicy of whoever asks. What was refused is told and not allowed.

        \(ServerAccess.help)

        Exit status: 0 the policy is printed, 3 one is not enough (--part), 4 nothing was used, 1 another failure, 2 the
        command line is wrong.
        """

    private enum Status {
        static let severalPolicies: Int32 = 3
        static let nothingUsed: Int32 = 4
    }

    static func run(_ arguments: [String]) async throws {
        let environment = ProcessEnvironment.read()
        let (arn, rest) = split(arguments)
        let options = try Options(rest, command: "generate-policy", known: known, environment: environment)
        guard !options.wantsHelp else {
            let help = Options.help("generate-policy", "Prints a policy that allows what a principal did.", known)
            print(
                help.replacing("generate-policy [OPTIONS]", with: "generate-policy PRINCIPAL-ARN [OPTIONS]") + "\n"
                    + more)
            return
        }
        guard let arn, let principal = PrincipalFilter(arn) else {
            throw wrong("generate-policy needs the ARN of a user, a role, a session or the root user")
        }
        var generation = GenerationOptions()
        if options.has("exact") { generation.resources = .exact }
        if options.has("conditions") { generation.conditions = .suggested }
        let query = GenerateQuery(principal, try times(options), generation)
        do {
            let report =
                if let files = options["records"] { try read(files, query) } else {
                    try await ask(query, options, environment)
                }
            try show(report, options)
        } catch GenerationError.notAllowed(let uses) {
            throw SetupError(
                "no policy was made: the engine would refuse \(uses.map(\.description).joined(separator: ", "))")
        } catch GenerationError.notStorable(let message) {
            throw SetupError("no policy was made: IAM would answer: \(message)")
        } catch GenerationError.tooLong(let action, let resource) {
            throw SetupError("no policy was made: \(action) on \(resource) is longer than a policy may be")
        }
    }

    private static func show(_ report: GenerationReport, _ options: Options) throws {
        if options.has("json") {
            print(String(decoding: JSONLayout.indented(report.json), as: UTF8.self))
            fflush(nil)
            if report.policies.isEmpty { exit(Status.nothingUsed) }
            return
        }
        Log.standardError(Array((report.notes.joined(separator: "\n") + "\n").utf8))
        guard !report.policies.isEmpty else { exit(Status.nothingUsed) }
        var index = 0
        if let part = options["part"] {
            guard let number = Int(part), report.policies.indices.contains(number - 1) else {
                throw wrong("--part is a number from 1 to \(report.policies.count)")
            }
            index = number - 1
        } else if report.policies.count > 1 {
            CommandLineTool.stop(
                "gatehouse: \(report.policies.count) policies are needed; print each with --part, or all with --json",
                status: Status.severalPolicies)
        }
        print(String(decoding: JSONLayout.indented(report.policies[index]), as: UTF8.self))
        fflush(nil)
    }

    private static func wrong(_ message: String) -> UsageError {
        UsageError(message, "gatehouse generate-policy --help")
    }

    private static func times(_ options: Options) throws -> ClosedRange<Instant> {
        func time(_ name: String) throws -> Instant? {
            guard let text = options[name] else { return nil }
            guard let time = Instant(iso8601: text) else {
                throw wrong("--\(name) is a time such as 2026-03-01T00:00:00Z")
            }
            return time
        }
        let from = try time("from") ?? Instant(milliseconds: 0)
        // The product's clock may be ahead of the machine's.
        let to = try time("to") ?? Instant(milliseconds: .max)
        guard from <= to else { throw wrong("--from is after --to") }
        return from...to
    }

    /// The ARN, and the others; of `--records`, all files as one value.
    private static func split(_ arguments: [String]) -> (arn: String?, rest: [String]) {
        var (rest, arn): ([String], String?) = ([], nil)
        var words = arguments[...]
        while let word = words.popFirst() {
            if word == "--records" {
                var files: [String] = []
                while let file = words.first, !file.hasPrefix("--"), !file.hasPrefix("arn:") {
                    files.append(file)
                    words.removeFirst()
                }
                rest.append(word)
                if !files.isEmpty { rest.append(files.joined(separator: separator)) }
            } else if known.contains(where: { $0.value != nil && "--" + $0.name == word }) {
                rest.append(word)
                if let value = words.popFirst() { rest.append(value) }
            } else if arn == nil, !word.hasPrefix("-") {
                arn = word
            } else {
                rest.append(word)
            }
        }
        return (arn, rest)
    }

    /// Between files: no name holds it.
    private static let separator = "\u{0}"

    // Where the records are.

    private static func read(_ files: String, _ query: GenerateQuery) throws -> GenerationReport {
        var uses = RecordedUses(of: query.principal, during: query.times)
        for file in files.split(separator: separator).map(String.init) {
            guard let bytes = FileBytes.read(file) else {
                throw SetupError("cannot read \(file): \(SystemFault.text(gh_errno()))")
            }
            do throws(CloudTrailFile.Problem) {
                for record in try CloudTrailFile.records(bytes) { uses.add(record) }
            } catch {
                switch error {
                case .compressed: throw SetupError("\(file) is compressed; gunzip it first")
                case .notRecords(let fault):
                    let place = TextPosition(offset: fault.offset, in: bytes)
                    throw SetupError(
                        "\(file) is no file of CloudTrail records: line \(place.line), column \(place.column)")
                }
            }
        }
        return try query.report(uses)
    }

    private static func ask(
        _ query: GenerateQuery, _ options: Options, _ environment: [String: String]
    ) async throws -> GenerationReport {
        try await ServerAccess.answer(options, environment) { folder in
            try await open(folder, query)
        } asking: { client in
            let (status, body) = try client.get(query.target, at: SystemClock().wallTime())
            guard status == 200, let report = try? GenerationReport(json: body) else {
                throw SetupError("the server answers \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
            }
            return report
        }
    }

    /// From a folder that no server has open.
    private static func open(_ path: String, _ query: GenerateQuery) async throws -> GenerationReport {
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let log = Log(level: .error, clock: SystemClock())
        let store = try Store(in: folder, schema: House.schema, options: .asItIs, log: log)
        defer { store.close() }
        let journal = try Journal(store, in: folder)
        // Takes up what a killed server left in its spool, as the next one would.
        _ = try await journal.start()
        let report = try query.report(store)
        try await journal.close()
        return report
    }
}

/// A whole file.
enum FileBytes {
    private static let largest = 2 << 30

    /// Nil where it cannot be read, or is larger than 2 GB.
    static func read(_ path: String) -> [UInt8]? {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = part.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            guard count >= 0, bytes.count <= largest else { return nil }
            if count == 0 { return bytes }
            bytes += part[..<count]
        }
    }
}
