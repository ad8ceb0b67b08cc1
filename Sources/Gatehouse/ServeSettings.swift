import AWS
import Edge
import Federation
import IAMService
import World

/// How the server is to run: options first, then environment, then defaults. Anything unknown stops the start.
struct ServeSettings: Sendable {
    let listen: ListenAddress
    let tlsListen: ListenAddress?
    /// Where the forward proxy listens; nil where there is none.
    let proxyListen: ListenAddress?
    /// Names that buckets and accounts may stand before, besides `localhost`; in lower case.
    let domains: [String]
    let dataFolder: String
    let isMemory: Bool
    let root: RootSettings
    let requiresFIPS: Bool
    let account: AccountID
    /// Chosen keys of the root user; nil where they are to be made.
    let rootKeys: RootKeys?
    let extraAccounts: [RootKeys]
    /// The address and the password that the root user signs in with; nil where none are chosen.
    let rootEmail: String?
    let rootPassword: String?
    let hasTestControls: Bool
    let syncsReads: Bool
    let logLevel: Log.Level
    let tokensFile: String?
    /// Where issuers of tokens may be besides the open Internet.
    let issuerNetworks: IssuerNetworks
    /// How many seconds S3's server access logs gather before they are delivered.
    let accessLogInterval: Int64

    struct RootKeys: Sendable {
        let account: AccountID
        let accessKeyID: String
        let secret: String
    }

    static let known: [Options.Known] = places + RootSettings.known + others

    private static let places: [Options.Known] = [
        .init(
            "listen", "HOST:PORT", variable: "GATEHOUSE_LISTEN",
            "where to serve HTTP; port 0 picks one (127.0.0.1:4566)"),
        .init("tls-listen", "HOST:PORT", variable: "GATEHOUSE_TLS_LISTEN", "where to serve HTTPS too (nowhere)"),
        .init(
            "proxy-listen", "HOST:PORT", variable: "GATEHOUSE_PROXY_LISTEN",
            "where to be a forward proxy that answers for AWS's hosts, and for no others (nowhere)"),
        .init(
            "domain", "LIST", variable: "GATEHOUSE_DOMAIN",
            "names to answer by besides localhost, with buckets and accounts before them: s3.corp.example,… (none)"),
        .init("data", "DIR", variable: "GATEHOUSE_DATA", "the data folder, made at first start (./data)"),
        .init("memory", variable: "GATEHOUSE_MEMORY", "keep nothing: everything is gone when the server stops"),
    ]

    private static let others: [Options.Known] = [
        .init(
            "require-fips", variable: "GATEHOUSE_REQUIRE_FIPS",
            "start only where OpenSSL's FIPS provider loads, and use it"),
        .init("account", "ID", variable: "GATEHOUSE_ACCOUNT", "the account made at first start (123456789012)"),
        .init(
            "sync-reads", variable: "GATEHOUSE_SYNC_READS", "answer reads only when their records are synced to disk"),
        .init(
            "mfa-tokens", "FILE", variable: "GATEHOUSE_MFA_TOKENS",
            "take up the hardware MFA tokens in FILE: lines of NUMBER,SEED; not needed after that start"),
        .init(
            "issuer-networks", "LIST", variable: "GATEHOUSE_ISSUER_NETWORKS",
            "where OIDC issuers may be besides the Internet: loopback,10.0.0.0/8,… (none; loopback with --memory there)"
        ),
        .init(
            "access-log-interval", "SECONDS", variable: "GATEHOUSE_ACCESS_LOG_INTERVAL",
            "how long records of S3's server access logs gather before they are delivered (300)"),
        .init("test-controls", nil, "allow /_gatehouse/reset and /_gatehouse/clock; with --memory on loopback only"),
        .init("log-level", "LEVEL", variable: "GATEHOUSE_LOG_LEVEL", "debug, info, warn or error (info)"),
    ]

    /// Settings that only the environment can give, because a command line is seen by other users of the machine.
    static let environmentOnly = [
        "GATEHOUSE_ROOT_ACCESS_KEY_ID", "GATEHOUSE_ROOT_SECRET_ACCESS_KEY", "GATEHOUSE_EXTRA_ACCOUNTS",
        "GATEHOUSE_ROOT_EMAIL", "GATEHOUSE_ROOT_PASSWORD",
    ]

    init(_ options: Options, _ environment: [String: String]) throws {
        let allowed = Set(ServeSettings.known.compactMap(\.variable) + ServeSettings.environmentOnly)
        for name in environment.keys.sorted() where name.hasPrefix("GATEHOUSE_") && !allowed.contains(name) {
            throw SetupError(
                "there is no setting \(name); the settings are in the README, and in: gatehouse serve --help")
        }
        listen = try ListenAddress(options["listen"] ?? "127.0.0.1:4566")
        tlsListen = try options["tls-listen"].map { try ListenAddress($0) }
        proxyListen = try options["proxy-listen"].map { try ListenAddress($0) }
        domains = try options["domain"].map { try ServeSettings.domains($0) } ?? []
        dataFolder = options["data"] ?? "./data"
        isMemory = options.has("memory")
        root = try RootSettings(options, dataFolder: dataFolder)
        guard !isMemory || root.hsm == nil else {
            throw SetupError("--memory keeps nothing, so no HSM holds its root; leave out --hsm-module or --memory")
        }
        requiresFIPS = options.has("require-fips")
        let text = options["account"] ?? "123456789012"
        guard let account = AccountID(text) else {
            throw SetupError("--account is \"\(text)\"; an account id has twelve digits")
        }
        self.account = account
        rootKeys = try ServeSettings.rootKeys(environment, account)
        extraAccounts = try ServeSettings.extraAccounts(environment["GATEHOUSE_EXTRA_ACCOUNTS"] ?? "")
        rootEmail = try ServeSettings.email(environment["GATEHOUSE_ROOT_EMAIL"])
        rootPassword = environment["GATEHOUSE_ROOT_PASSWORD"]
        if let rootPassword, let fault = RootSignIn.fault(in: rootPassword, email: rootEmail ?? "") {
            throw SetupError("GATEHOUSE_ROOT_PASSWORD: \(fault)")
        }
        hasTestControls = options.has("test-controls")
        syncsReads = options.has("sync-reads")
        tokensFile = options["mfa-tokens"]
        let isLocal = [listen, tlsListen, proxyListen].allSatisfy { $0?.isLoopback ?? true }
        // A proxy on the machine makes a server on loopback everybody's: only one that keeps nothing is taken for its user's.
        issuerNetworks =
            try options["issuer-networks"].map { try ServeSettings.networks($0) }
            ?? (isMemory && isLocal ? .loopback : .none)
        let interval = options["access-log-interval"] ?? "300"
        guard let seconds = Int64(interval), (1...86_400).contains(seconds) else {
            throw SetupError("--access-log-interval is \"\(interval)\"; it is a number of seconds, from 1 to 86400")
        }
        accessLogInterval = seconds
        logLevel = try ServeSettings.level(options["log-level"] ?? "info")
        guard !hasTestControls || (isMemory && isLocal) else {
            throw SetupError("--test-controls goes with --memory and with loopback addresses only")
        }
    }

    private static func rootKeys(_ environment: [String: String], _ account: AccountID) throws -> RootKeys? {
        switch (environment["GATEHOUSE_ROOT_ACCESS_KEY_ID"], environment["GATEHOUSE_ROOT_SECRET_ACCESS_KEY"]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            try check(id, secret, "GATEHOUSE_ROOT_ACCESS_KEY_ID and GATEHOUSE_ROOT_SECRET_ACCESS_KEY")
            return RootKeys(account: account, accessKeyID: id, secret: secret)
        default:
            throw SetupError(
                "GATEHOUSE_ROOT_ACCESS_KEY_ID and GATEHOUSE_ROOT_SECRET_ACCESS_KEY are given together or not at all")
        }
    }

    private static func check(_ id: String, _ secret: String, _ where: String) throws {
        let isWord = id.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x5F
        }
        guard (16...128).contains(id.utf8.count), isWord else {
            throw SetupError("\(`where`): an access key id has 16 to 128 letters, digits and underscores")
        }
        guard (16...128).contains(secret.utf8.count), secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw SetupError("\(`where`): a secret has 16 to 128 printable characters")
        }
    }

    private static func extraAccounts(_ text: String) throws -> [RootKeys] {
        try text.split(separator: ",").map { entry in
            let parts = entry.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let account = AccountID(parts[0]) else {
                throw SetupError("GATEHOUSE_EXTRA_ACCOUNTS is a list of ID:KEY:SECRET, separated by commas")
            }
            try check(parts[1], parts[2], "GATEHOUSE_EXTRA_ACCOUNTS")
            return RootKeys(account: account, accessKeyID: parts[1], secret: parts[2])
        }
    }

    private static func email(_ text: String?) throws -> String? {
        guard let text else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isAddress else { throw SetupError("GATEHOUSE_ROOT_EMAIL is \"\(text)\", which is no e-mail address") }
        return text
    }

    /// The address of a root user for whom none is chosen.
    static func rootEmail(of account: AccountID, isFirst: Bool) -> String {
        isFirst ? "root@gatehouse.local" : "root+\(account)@gatehouse.local"
    }

    private static func networks(_ text: String) throws -> IssuerNetworks {
        guard let networks = IssuerNetworks(text) else {
            throw SetupError(
                "--issuer-networks is \"\(text)\"; it is none, or a list of loopback and networks such as 10.0.0.0/8")
        }
        return networks
    }

    private static func level(_ name: String) throws -> Log.Level {
        guard let level = Log.Level.allCases.first(where: { $0.name == name }) else {
            throw SetupError("--log-level is \"\(name)\"; it can be debug, info, warn or error")
        }
        return level
    }
}

extension ListenAddress {
    var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }
}
