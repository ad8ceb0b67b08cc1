/// Which server a command asks, and with whose keys.
struct ServerAccess {
    let url: String
    let keys: ServerClient.Keys

    /// The options that tell it. A command takes them into its own.
    static let options: [Options.Known] = [
        .init(
            "data", "DIR", variable: "GATEHOUSE_DATA",
            "the server's data folder (./data): its root user's keys are used"),
        .init("endpoint", "URL", "a server elsewhere, with the keys in AWS_ACCESS_KEY_ID and so on"),
    ]

    init(_ options: Options, _ environment: [String: String]) throws {
        if let url = options["endpoint"] {
            guard let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
                throw SetupError("--endpoint needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
            }
            self.url = url
            keys = ServerClient.Keys(id: id, secret: secret, token: environment["AWS_SESSION_TOKEN"])
            return
        }
        let folder = options["data"] ?? "./data"
        guard let url = Endpoint.url(folder) else {
            throw SetupError(
                "no server was started on \(folder); start one (gatehouse serve), or name its folder with --data")
        }
        guard let keys = try RootKeys.read(folder, environment) else {
            throw SetupError("the root keys of \(folder) are not there: use --endpoint \(url) with keys of yours")
        }
        (self.url, self.keys) = (url, keys)
    }

    /// A client of that server.
    func client() throws -> ServerClient { try ServerClient(url, keys) }
}
