import CSystem
import Glibc
import Storage

/// Which server a command asks, and with whose keys: those of the shell, or else the root user's.
struct ServerAccess {
    let url: String
    let keys: CallerKeys
    private let trusted: TrustedAuthorities
    /// What to do where nobody answers.
    private let hint: String

    /// The options that tell it. A command takes them into its own.
    static let options: [Options.Known] = [
        .init("data", "DIR", variable: "GATEHOUSE_DATA", "the server's data folder (./data)"),
        .init("endpoint", "URL", "a server elsewhere: https://HOST:PORT, or http:// on this machine"),
    ]

    /// The help's words on the keys, for every command that asks a server.
    static let helpOnKeys = """
        A server is asked with the keys in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, as AWS tools do;
        where the shell has none, with the root user's of the data folder.
        """

    /// The same for a command that takes `--endpoint`.
    static let help = """
        \(helpOnKeys)
        With --endpoint the shell's are needed. Over https the system's authorities are trusted and that of the data folder,
        or AWS_CA_BUNDLE alone.
        """

    /// - Parameter holder: the process that has the data folder open, where one has.
    init(_ options: Options, _ environment: [String: String], holder: String? = nil) throws {
        if let url = options["endpoint"] {
            guard let keys = try CallerKeys.shell(environment) else {
                throw SetupError("--endpoint needs keys of yours in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
            }
            self.init(url, keys, TrustedAuthorities(options["data"] ?? "./data", environment), "")
            return
        }
        try self.init(options["data"] ?? "./data", environment, holder: holder)
    }

    /// The server of a data folder.
    init(_ folder: String, _ environment: [String: String], holder: String? = nil) throws {
        guard let url = Endpoint.url(folder) else {
            throw SetupError(
                "no server was started on \(folder); start one (gatehouse serve), or name its folder with --data")
        }
        guard let keys = try CallerKeys.find(folder, environment) else {
            throw SetupError(
                "There are no keys to ask the server at \(url) with: the root user's are not in "
                    + "\(folder)/\(CredentialsFile.name). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys of yours."
            )
        }
        let state = holder.map { "Process \($0) has the data folder \(folder) open." }
        let start = "Start it: gatehouse serve --data \(folder); or name another with --data or --endpoint."
        self.init(url, keys, TrustedAuthorities(folder, environment), state ?? start)
    }

    private init(_ url: String, _ keys: CallerKeys, _ trusted: TrustedAuthorities, _ hint: String) {
        (self.url, self.keys, self.trusted, self.hint) = (url, keys, trusted, hint)
    }

    /// A client of that server.
    func client() throws -> ServerClient { try ServerClient(url, keys, trusting: trusted, hint: hint) }

    /// For what looks into the data: a server that has the folder open is asked, otherwise the folder is read.
    static func answer<Answer>(
        _ options: Options, _ environment: [String: String], reading: (String) async throws -> Answer,
        asking: (ServerClient) throws -> Answer
    ) async throws -> Answer {
        guard !options.has("endpoint") else { return try asking(ServerAccess(options, environment).client()) }
        let folder = options["data"] ?? "./data"
        guard access(folder, F_OK) == 0 || gh_errno() == EACCES else {
            throw SetupError("there is no data folder \(folder); name the server's with --data")
        }
        // Opening it would make it one.
        guard DataFolder.isOne(folder) else {
            throw SetupError("\(folder) is no data folder of Gatehouse; name the server's with --data")
        }
        do { return try await reading(folder) } catch let error as StorageError {
            guard case .inUse(_, let process) = error, Endpoint.url(folder) != nil else { throw error }
            return try asking(ServerAccess(options, environment, holder: process).client())
        }
    }
}
