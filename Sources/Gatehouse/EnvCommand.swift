/// `gatehouse env`: the settings that point AWS tools at this server, for a shell to evaluate.
enum EnvCommand {
    static let known: [Options.Known] = [
        .init("data", "DIR", variable: "GATEHOUSE_DATA", "the server's data folder (./data)"),
        .init("endpoint", "URL", "where the server is, if not where its data folder says"),
    ]

    static func run(_ arguments: [String]) throws {
        let environment = ProcessEnvironment.read()
        let options = try Options(arguments, command: "env", known: known, environment: environment)
        guard !options.wantsHelp else {
            print(Options.help("env", "Prints the settings that point AWS tools at the server.", known))
            return
        }
        let folder = options["data"] ?? "./data"
        let keys: (accessKeyID: String, secret: String)
        if let id = environment["GATEHOUSE_ROOT_ACCESS_KEY_ID"],
            let secret = environment["GATEHOUSE_ROOT_SECRET_ACCESS_KEY"]
        {
            keys = (id, secret)
        } else if let found = try CredentialsFile(path: folder + "/" + CredentialsFile.name).read() {
            keys = found
        } else {
            throw SetupError(
                "there is no \(folder)/\(CredentialsFile.name): start the server first (gatehouse serve), or name its folder with --data"
            )
        }
        let written = PrivateText.read(folder + "/" + Endpoint.fileName)?.split(separator: "\n").first.map(String.init)
        print("export AWS_ENDPOINT_URL=\(quoted(options["endpoint"] ?? written ?? "http://127.0.0.1:4566"))")
        print("export AWS_ACCESS_KEY_ID=\(quoted(keys.accessKeyID))")
        print("export AWS_SECRET_ACCESS_KEY=\(quoted(keys.secret))")
        print("export AWS_DEFAULT_REGION=us-east-1")
        print("unset AWS_SESSION_TOKEN AWS_PROFILE")
    }

    /// For a POSIX shell.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// Where a running server can be reached, as it wrote it into its data folder.
enum Endpoint {
    static let fileName = "endpoint"
}
