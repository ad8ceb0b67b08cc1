import Authentication
import CSystem
import Door
import Glibc
import HTTP
import Journal
import KeyVault
import Storage
import World

/// `gatehouse why EVENT-ID`: explains a recorded call, from the policies as they were when it was made.
enum WhyCommand {
    static let known: [Options.Known] =
        RootSettings.known + ServerAccess.options + [
            .init("json", nil, "print a JSON object"),
            .init("encoded", nil, "print the message that sts:DecodeAuthorizationMessage decodes"),
        ]

    private static let more = """

        EVENT-ID is an event's id in CloudTrail, or the id of its request. A server that has the folder open is asked for the
        records of the caller's account; otherwise the folder itself is read, with the records of all accounts. A server
        wants gatehouse:ExplainEvent of whoever asks, and tells nothing of the policies of another account's resources.

        \(ServerAccess.help)

        Exit status: 0 the call was allowed, 3 it was denied, 4 it failed before the policies were asked, 5 there is no
        such event, 1 another failure, 2 the command line is wrong.
        """

    private enum Status {
        static let denied: Int32 = 3
        static let undecided: Int32 = 4
        static let noEvent: Int32 = 5
    }

    static func run(_ arguments: [String]) async throws {
        let environment = ProcessEnvironment.read()
        let (id, rest) = split(arguments)
        let options = try Options(rest, command: "why", known: known, environment: environment)
        guard !options.wantsHelp else {
            let help = Options.help("why", "Explains why a recorded call was allowed or denied.", known)
            print(help.replacing("gatehouse why [OPTIONS]", with: "gatehouse why EVENT-ID [OPTIONS]") + "\n" + more)
            return
        }
        guard let id else { throw UsageError("why needs the id of an event", "gatehouse why --help") }
        guard WhyEndpoint.isID(id) else { throw UsageError("'\(id)' is no id of an event", "gatehouse why --help") }
        guard !options.has("json") || !options.has("encoded") else {
            throw UsageError("--json and --encoded exclude each other", "gatehouse why --help")
        }
        let asked = WhyEndpoint(id, options.has("json") ? .json : options.has("encoded") ? .encoded : .text)
        let answer = try await answer(asked, options, environment)
        guard let outcome = answer.outcome else {
            CommandLineTool.stop("gatehouse: \(answer.text)", status: Status.noEvent)
        }
        print(answer.text)
        fflush(nil)
        switch outcome {
        case .allowed: break
        case .denied: exit(Status.denied)
        case .undecided: exit(Status.undecided)
        }
    }

    /// The first argument that is no option, and the others.
    private static func split(_ arguments: [String]) -> (id: String?, rest: [String]) {
        var rest: [String] = []
        var id: String?
        var isValue = false
        for argument in arguments {
            if !isValue, id == nil, !argument.hasPrefix("-") {
                id = argument
                continue
            }
            let takesValue = known.contains { $0.value != nil && "--" + $0.name == argument }
            isValue = !isValue && takesValue
            rest.append(argument)
        }
        return (id, rest)
    }

    private typealias Answer = (outcome: EventExplanation.Outcome?, text: String)

    private static func answer(
        _ asked: WhyEndpoint, _ options: Options, _ environment: [String: String]
    ) async throws -> Answer {
        try await ServerAccess.answer(options, environment) { folder in
            try await read(folder, try RootSettings(options, dataFolder: folder), asked)
        } asking: { client in
            try ask(client, asked)
        }
    }

    /// From a folder that no server has open.
    private static func read(_ path: String, _ root: RootSettings, _ asked: WhyEndpoint) async throws -> Answer {
        try CoreDumps.forbid()
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let log = Log(level: .error, clock: SystemClock())
        let store = try Store(in: folder, schema: House.schema, options: .asItIs, log: log)
        defer { store.close() }
        let journal = try Journal(store, in: folder)
        // Takes up what a killed server left in its spool, as the next one would.
        _ = try await journal.start()
        let vault: any KeyVault
        if asked.form == .encoded {
            let protection = try root.protection()
            vault = try DeviceDeadline.keep(protection, log: log) {
                try VaultFolder.open(path, protection: protection, mayCreate: false, isReadOnly: true).vault
            }
        } else {
            vault = SoftwareKeyVault.ephemeral()
        }
        let explanations = EventExplanations(store, journal, AuthorizationMessages(vault))
        let answer = try await explanations.answer(asked.id, as: asked.form, for: nil)
        try await journal.close()
        return (answer.outcome, answer.text)
    }

    private static func ask(_ client: ServerClient, _ asked: WhyEndpoint) throws -> Answer {
        let (status, body) = try client.get(asked.target, at: SystemClock().wallTime())
        let members = try? WhyEndpoint.members(body)
        if status == 404, let text = members?["message"] { return (nil, text) }
        guard status == 200, let outcome = members?["outcome"].flatMap(EventExplanation.Outcome.init),
            let text = members?["text"]
        else {
            let reason = members?["message"] ?? members?["Message"] ?? String(decoding: body.prefix(500), as: UTF8.self)
            throw SetupError("the server answers \(status): \(reason)")
        }
        return (outcome, text)
    }
}
