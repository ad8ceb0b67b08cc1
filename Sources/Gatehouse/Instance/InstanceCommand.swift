import AWS
import Edge
import Glibc
import HTTP
import World

/// `gatehouse instance run`: an instance on this machine, with an instance profile and a metadata service of its own.
enum InstanceCommand {
    static let known: [Options.Known] =
        [
            .init("profile", "NAME", "the instance profile it runs with"),
            .init("region", "REGION", variable: "AWS_DEFAULT_REGION", "the Region it is in (us-east-1)"),
            .init("listen", "ADDRESS", "where the metadata service listens, on loopback (127.0.0.1:0)"),
            .init("hop-limit", "N", "how many routers its answers may pass, 1 to 64 (1)"),
            .init("imdsv1", nil, "answer requests without a token too (Version 1)"),
        ] + ServerAccess.options

    private static let more = """

        Whoever runs it must be allowed gatehouse:RunInstance, and iam:PassRole on the role in the profile. With a command
        behind --, the command runs as the application on the instance: it finds the metadata service and the server in its
        environment, and no keys; the instance ends with it, and its exit status is the command's. Without one, the address
        of the metadata service is printed, and the instance runs until it is stopped.

        \(ServerAccess.help)
        """

    static func run(_ arguments: [String], _ signals: StopSignals) async throws {
        guard arguments.first == "run" || arguments.contains("--help") || arguments.contains("-h") else {
            throw UsageError("instance knows one word: run", "gatehouse instance run --help")
        }
        let words = Array(arguments.dropFirst(arguments.first == "run" ? 1 : 0))
        let end = words.firstIndex(of: "--") ?? words.endIndex
        let command = Array(words[end...].dropFirst())
        let environment = ProcessEnvironment.read()
        let options = try Options(
            Array(words[..<end]), command: "instance run", known: known, environment: environment)
        guard !options.wantsHelp else {
            let help = Options.help("instance run", "Runs an instance with an instance profile.", known)
            print(help.replacing("[OPTIONS]", with: "--profile NAME [OPTIONS] [-- COMMAND…]") + "\n" + more)
            return
        }
        guard end == words.endIndex || !command.isEmpty else {
            throw UsageError("there is no command behind --", "gatehouse instance run --help")
        }
        let settings = try Settings(options)
        let link = try InstanceLink(
            try ServerAccess(options, environment), profile: settings.profile, region: settings.region.description)
        exit(try await run(link, settings, command, environment, signals))
    }

    private struct Settings {
        let profile: String
        let region: Region
        let listen: ListenAddress
        let hops: Int
        let allowsVersion1: Bool

        init(_ options: Options) throws {
            guard let profile = options["profile"] else {
                throw UsageError("instance run needs --profile", "gatehouse instance run --help")
            }
            guard let region = Region(options["region"] ?? "us-east-1") else {
                throw UsageError("'\(options["region"] ?? "")' is no Region", "gatehouse instance run --help")
            }
            listen = try ListenAddress(options["listen"] ?? "127.0.0.1:0")
            guard listen.host == "::1" || listen.host.hasPrefix("127.") else {
                throw UsageError("a metadata service listens on loopback alone", "gatehouse instance run --help")
            }
            guard let hops = Int(options["hop-limit"] ?? "1"), (1...64).contains(hops) else {
                throw UsageError("--hop-limit is 1 to 64", "gatehouse instance run --help")
            }
            (self.profile, self.region, self.hops) = (profile, region, hops)
            allowsVersion1 = options.has("imdsv1")
        }
    }

    /// The exit status.
    private static func run(
        _ link: InstanceLink, _ settings: Settings, _ command: [String], _ environment: [String: String],
        _ signals: StopSignals
    ) async throws -> Int32 {
        defer { link.end() }
        let clock = SystemClock()
        let log = Log(level: .warning, clock: clock)
        let service = MetadataService(link, allowsVersion1: settings.allowsVersion1, clock, log: log)
        var limits = EdgeLimits()
        limits.hops = settings.hops
        let server = try EdgeServer(addresses: [(settings.listen, nil)], limits: limits, loops: 1, log: log) {
            head, body in await service.answer(head, body)
        }
        let url = "http://\(server.boundAddresses[0])"
        guard !command.isEmpty else {
            signals.onStop { server.drain() }
            print("instance \(link.id)\nready \(url)")
            fflush(nil)
            await server.run()
            return 0
        }
        let child = try ChildProcess(
            command,
            ChildProcess.settings(
                environment, server: link.url, metadata: url, region: settings.region.description))
        signals.onStop { child.stop() }
        let status = Lock<Int32>(1)
        let waiter = WorkerThread("command") {
            let ended = child.wait()
            status.withLock { $0 = ended }
            server.drain()
        }
        await server.run()
        waiter.join()
        return status.withLock { $0 }
    }
}
