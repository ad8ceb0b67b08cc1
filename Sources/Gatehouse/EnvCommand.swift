import Glibc
import World

/// `gatehouse env`: the settings that point AWS tools at this server, for a shell to evaluate.
enum EnvCommand {
    static let known: [Options.Known] = [
        .init("data", "DIR", variable: "GATEHOUSE_DATA", "the server's data folder (./data)"),
        .init("endpoint", "URL", "where the server is, if not where its data folder says"),
        .init("proxy", nil, "for tools without endpoint settings: AWS's own names, through the server's forward proxy"),
    ]

    private static let more = """

        The keys are the root user's. Where the data folder has none, or those that are there were deleted, the standard error
        says so and the shell keeps its own. What --proxy set for this data folder is unset without it.
        """

    static func run(_ arguments: [String]) throws {
        let environment = ProcessEnvironment.read()
        let options = try Options(arguments, command: "env", known: known, environment: environment)
        guard !options.wantsHelp else {
            print(Options.help("env", "Prints the settings that point AWS tools at the server.", known) + "\n" + more)
            return
        }
        let folder = options["data"] ?? "./data"
        let (keys, running) = (try CallerKeys.root(folder, environment), Endpoint.url(folder))
        guard keys != nil || running != nil else {
            throw SetupError(
                "no server was started on \(folder): start it first (gatehouse serve), or name its folder with --data")
        }
        if options.has("proxy") {
            try printProxy(folder)
        } else {
            let url = options["endpoint"] ?? running ?? "http://127.0.0.1:4566"
            print("export AWS_ENDPOINT_URL=\(ShellText.quoted(url))")
            let own = leftOfProxy(folder, environment)
            if !own.isEmpty { print("unset \(own.joined(separator: " "))") }
        }
        print("export AWS_DEFAULT_REGION=us-east-1")
        if let problem = problem(keys, folder, asking: options.has("endpoint") ? nil : running) {
            Log.standardError(Array("gatehouse: \(problem)\n".utf8))
        } else if let keys {
            print("export AWS_ACCESS_KEY_ID=\(ShellText.quoted(keys.id))")
            print("export AWS_SECRET_ACCESS_KEY=\(ShellText.quoted(keys.secret))")
            print("unset AWS_SESSION_TOKEN AWS_PROFILE")
        }
    }

    /// Why there are no keys to be printed. Nil where they are good, and where no server tells.
    private static func problem(_ keys: CallerKeys?, _ folder: String, asking url: String?) -> String? {
        let remedy = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys of yours, if the shell has none"
        guard let keys else {
            return
                "the root user's keys are not in \(folder)/\(CredentialsFile.name): they were chosen at the server's start, "
                + "or put away. \(remedy)"
        }
        guard let url, let isKnown = try? ServerClient(url, keys).knows(keys.id), !isKnown else { return nil }
        return
            "\(keys.name) is not known to the server at \(url), or is inactive: it was deleted, or others were chosen at the "
            + "server's start. \(remedy)"
    }

    private static let notProxied = "localhost,127.0.0.1,::1"

    /// What `--proxy` has set of the shell's environment.
    private static func leftOfProxy(_ folder: String, _ environment: [String: String]) -> [String] {
        guard let bundle = bundle(folder), environment["AWS_CA_BUNDLE"] == bundle else { return [] }
        let proxies = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"]
        let isOwn = Set(proxies.map { environment[$0] }).count == 1 && isOwnProxy(folder, environment[proxies[0]])
        let others = ["NO_PROXY", "no_proxy"].filter { environment[$0] == notProxied }
        return ["AWS_CA_BUNDLE"] + (isOwn ? proxies + others : [])
    }

    /// Whether a proxy is the folder's. Where its server has none any more, one of this machine passes for it.
    private static func isOwnProxy(_ folder: String, _ found: String?) -> Bool {
        guard let found else { return false }
        if let own = Endpoint.url(folder, ProxyListener.fileName) { return found == own }
        guard let host = try? ServerAddress(found).host else { return false }
        return host == "::1" || host.hasPrefix("127.")
    }

    /// The certificate of the proxy's authority; nil where there is no such folder.
    private static func bundle(_ folder: String) -> String? {
        guard let path = realpath(folder, nil) else { return nil }
        defer { free(path) }
        return String(cString: path) + "/" + Authority.proxyFileName
    }

    /// Both spellings: curl reads only the one in small letters of the first.
    private static func printProxy(_ folder: String) throws {
        guard let url = Endpoint.url(folder, ProxyListener.fileName), let bundle = bundle(folder) else {
            throw SetupError("the server of \(folder) was never a proxy: start it with --proxy-listen HOST:PORT")
        }
        print("export HTTP_PROXY=\(ShellText.quoted(url)) http_proxy=\(ShellText.quoted(url))")
        print("export HTTPS_PROXY=\(ShellText.quoted(url)) https_proxy=\(ShellText.quoted(url))")
        print("export NO_PROXY=\(notProxied) no_proxy=\(notProxied)")
        print("export AWS_CA_BUNDLE=\(ShellText.quoted(bundle))")
        print("unset AWS_ENDPOINT_URL")
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
