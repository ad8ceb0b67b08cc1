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
    static let known: [Options.Known] = [
        .init("data", "DIR", variable: "GATEHOUSE_DATA", "the server's data folder (./data)"),
        .init("account", "ID", "the account (the only one, or that of the keys)"),
        .init("json", nil, "print a JSON object"),
    ]

    private static let more = """

        A server that has the folder open is asked for /_gatehouse/security-status, with the keys in AWS_ACCESS_KEY_ID and
        AWS_SECRET_ACCESS_KEY, or else the root user's; it wants gatehouse:GetSecurityStatus of whoever asks, and tells of
        the account of the keys. Otherwise the folder itself is read. Items of services that are not served yet say later.

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
        let path = options["data"] ?? "./data"
        guard access(path, F_OK) == 0 else {
            throw SetupError("there is no data folder \(path); name the server's with --data")
        }
        do {
            return try await open(path, options["account"])
        } catch StorageError.folder(let reason) {
            guard let url = Endpoint.url(path) else { throw SetupError(reason) }
            guard let keys = try keys(path, environment) else {
                throw SetupError(
                    "a server has \(path) open: give it keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
            }
            let (status, body) = try ServerClient(url, keys).get(SecurityStatus.path, at: SystemClock().wallTime())
            guard status == 200, let told = try? SecurityStatus(json: body) else {
                throw SetupError("the server answers \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
            }
            guard options["account"] == nil || options["account"] == told.account else {
                throw SetupError("the keys are of account \(told.account)")
            }
            return told
        }
    }

    /// A secured account has no root keys: then those of a user or role.
    private static func keys(_ path: String, _ environment: [String: String]) throws -> ServerClient.Keys? {
        if let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] {
            return ServerClient.Keys(id: id, secret: secret, token: environment["AWS_SESSION_TOKEN"])
        }
        return try RootKeys.read(path, environment)
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
