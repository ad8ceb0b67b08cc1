import Glibc

/// `gatehouse env`: the settings that point AWS tools at this server, for a shell to evaluate.
enum EnvCommand {
    static let known: [Options.Known] = [
        .init("data", "DIR", variable: "GATEHOUSE_DATA", "the server's data folder (./data)"),
        .init("endpoint", "URL", "where the server is, if not where its data folder says"),
        .init("proxy", nil, "for tools without endpoint settings: AWS's own names, through the server's forward proxy"),
    ]

    static func run(_ arguments: [String]) throws {
        let environment = ProcessEnvironment.read()
        let options = try Options(arguments, command: "env", known: known, environment: environment)
        guard !options.wantsHelp else {
            print(Options.help("env", "Prints the settings that point AWS tools at the server.", known))
            return
        }
        let folder = options["data"] ?? "./data"
        guard let keys = try RootKeys.read(folder, environment) else {
            throw SetupError(
                "there is no \(folder)/\(CredentialsFile.name): start the server first (gatehouse serve), or name its folder with --data"
            )
        }
        if options.has("proxy") {
            try printProxy(folder)
        } else {
            let url = options["endpoint"] ?? Endpoint.url(folder) ?? "http://127.0.0.1:4566"
            print("export AWS_ENDPOINT_URL=\(quoted(url))")
        }
        print("export AWS_ACCESS_KEY_ID=\(quoted(keys.id))")
        print("export AWS_SECRET_ACCESS_KEY=\(quoted(keys.secret))")
        print("export AWS_DEFAULT_REGION=us-east-1")
        print("unset AWS_SESSION_TOKEN AWS_PROFILE")
    }

    /// Both spellings: curl reads only the one in small letters of the first.
    private static func printProxy(_ folder: String) throws {
        guard let url = Endpoint.url(folder, ProxyListener.fileName), let path = realpath(folder, nil) else {
            throw SetupError("the server of \(folder) was never a proxy: start it with --proxy-listen HOST:PORT")
        }
        defer { free(path) }
        print("export HTTP_PROXY=\(quoted(url)) http_proxy=\(quoted(url))")
        print("export HTTPS_PROXY=\(quoted(url)) https_proxy=\(quoted(url))")
        print("export NO_PROXY=localhost,127.0.0.1,::1 no_proxy=localhost,127.0.0.1,::1")
        print("export AWS_CA_BUNDLE=\(quoted(String(cString: path) + "/" + Authority.proxyFileName))")
        print("unset AWS_ENDPOINT_URL")
    }

    /// For a POSIX shell.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// Where a running server can be reached, as it wrote it into its data folder.
enum Endpoint {
    static let fileName = "endpoint"

    /// Nil where no server has written any.
    static func url(_ folder: String, _ name: String = fileName) -> String? {
        PrivateText.read(folder + "/" + name)?.split(separator: "\n").first.map(String.init)
    }
}
