import AWS
import CSystem
import Formats
import Glibc
import IAMService
import Journal
import Storage
import World

/// `gatehouse secure`: says what makes an account a secured one, what is missing, and how to mend it.
enum SecureCommand {
    static let known: [Options.Known] =
        ServerAccess.options + [
            .init("account", "ID", "the account (the only one, or that of the keys)"),
            .init("json", nil, "print a JSON object"),
        ]

    private static let more = """

        A server that has the folder open is asked for /_gatehouse/security-status; it wants gatehouse:GetSecurityStatus of
        whoever asks, and tells of the account of the keys. Otherwise the folder itself is read. Items of services that are
        not served yet say later.

        \(ServerAccess.help)

        Exit status: 0 nothing is to be mended, 3 something is, 1 another failure, 2 the command line is wrong.
        """

    private static let toMend: Int32 = 3

    static func run(_ arguments: [String]) async throws {
        let environment = ProcessEnvironment.read()
        let options = try Options(arguments, command: "secure", known: known, environment: environment)
        guard !options.wantsHelp else {
            print(Options.help("secure", "Says what an account needs to be secured.", known) + "\n" + more)
            return
        }
        let status = try await status(options, environment)
        print(options.has("json") ? String(decoding: JSONLayout.indented(status.json), as: UTF8.self) : status.text)
        fflush(nil)
        if status.count(.failed) > 0 { exit(toMend) }
    }

    private static func status(_ options: Options, _ environment: [String: String]) async throws -> SecurityStatus {
        try await ServerAccess.answer(options, environment) { folder in
            try await open(folder, options["account"])
        } asking: { client in
            let (status, body) = try client.get(SecurityStatus.path, at: SystemClock().wallTime())
            guard status == 200, let told = try? SecurityStatus(json: body) else {
                throw SetupError("the server answers \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
            }
            guard options["account"] == nil || options["account"] == told.account else {
                throw SetupError("the keys are of account \(told.account)")
            }
            return told
        }
    }

    /// From a folder that no server has open.
    private static func open(_ path: String, _ wanted: String?) async throws -> SecurityStatus {
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let clock = SystemClock()
        let store = try Store(
            in: folder, schema: House.schema, options: .asItIs, log: Log(level: .error, clock: clock))
        defer { store.close() }
        let journal = try Journal(store, in: folder)
        // Takes up what a killed server left in its spool, as the next one would.
        _ = try await journal.start()
        let accounts = try store.read { snapshot in try Founding.accounts(snapshot) }
        let chosen = wanted.map { id in accounts.first { $0.description == id } } ?? accounts.first
        guard let account = chosen, wanted != nil || accounts.count == 1 else {
            let names = accounts.map(\.description).joined(separator: ", ")
            throw SetupError("--account is one of \(names)")
        }
        let list = try store.read { snapshot in try AccountChecklist(of: account, at: clock.now(), snapshot) }
        try await journal.close()
        return SecurityStatus(list)
    }
}
