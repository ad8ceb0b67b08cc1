import AWS
import CSystem
import Crypto
import Edge
import Glibc
import HTTP
import Journal
import KMSService
import KeyEngine
import Observers
import Storage
import World

/// `gatehouse serve`: opens the house, listens, and stays until it is told to stop.
enum ServeCommand {
    static func run(_ arguments: [String], _ signals: StopSignals) async throws {
        let environment = ProcessEnvironment.read()
        let options = try Options(arguments, command: "serve", known: ServeSettings.known, environment: environment)
        guard !options.wantsHelp else {
            print(Options.help("serve", "Starts the server.", ServeSettings.known))
            return
        }
        let settings = try ServeSettings(options, environment)
        try harden(settings)
        // A first start that cannot be is not to leave a folder and keys behind; of a second one the lock says more.
        if !settings.isMemory, access(settings.dataFolder, F_OK) != 0 {
            let addresses = [settings.listen, settings.tlsListen, settings.proxyListen].compactMap { $0 }
            try await listening { try EdgeServer.tryOut(addresses) }
        }
        let house = try House(settings)
        ProtectionStatus.warnOfMemory(house.world.log)
        let taken = try await house.journal.start()
        if taken > 0 { house.world.log(.info, "records of an earlier process were taken up", ["count": "\(taken)"]) }
        let established = try await house.accounts.establish(house.store)
        try await house.addTokens()
        // The authority is made with the first start, so that `gatehouse ca` has something to print.
        let authority = try await Authority(house)
        var addresses: [(ListenAddress, TLSIdentity?)] = [(settings.listen, nil)]
        if let address = settings.tlsListen {
            addresses.append((address, try authority.identity(house.clock, domains: settings.domains)))
        }
        let desk = Desk(house, settings, InstanceDesk(house, authority))
        let cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var limits = EdgeLimits()
        if settings.proxyListen != nil { limits.filesAside += EdgeLimits.proxy.connections }
        let (server, proxy) = try await listening {
            let server = try EdgeServer(
                addresses: addresses, limits: limits, loops: cores, log: house.world.log
            ) { head, body in await desk.answer(head, body) }
            return (server, try await ProxyListener.server(house, settings, authority, cores: cores, desk))
        }
        desk.watch([server] + (proxy.map { [$0] } ?? []))
        let url = "http://\(server.boundAddresses[0])"
        try PrivateText.write(url + "\n", to: house.folder.path + "/" + Endpoint.fileName)
        signals.onStop {
            server.drain()
            proxy?.drain()
        }
        announce(
            settings, established, url, tls: server.boundAddresses.dropFirst().first,
            proxy: proxy?.boundAddresses.first,
            house.folder.path, cluster: DeviceCluster.id(house.engine.status))
        house.store.keepsRoom()
        house.observers.start()
        house.reporters.start()
        house.chores.start()
        house.scrubber.start()
        house.deliveries.start()
        house.reports.start()
        house.replicator.start()
        house.analyses.start()
        // Most of the program was needed to begin, and little of that again.
        gh_drop_start_pages()
        let sweeping = Task {
            do { try await house.sweep() } catch {
                house.world.log(
                    .warning, "what a crash left behind was not all removed; it is tried again at the next start",
                    ["reason": "\(error)"])
            }
        }
        async let proxied: Void? = proxy?.run()
        await server.run()
        await proxied
        sweeping.cancel()
        await house.close()
    }

    /// Where an address cannot be had, the options that choose another are told.
    private static func listening<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let failure as EdgeServer.Failure {
            throw SetupError(
                "\(failure). Addresses are chosen with --listen, --tls-listen and --proxy-listen HOST:PORT.")
        }
    }

    /// Before any key is read: no core dump of this process, and the cryptography that is asked for.
    private static func harden(_ settings: ServeSettings) throws {
        try CoreDumps.forbid()
        guard !settings.requiresFIPS || FIPSProvider.require() else {
            throw SetupError(
                "--require-fips: OpenSSL's FIPS provider does not load. Debian 12 ships none: install a validated build of "
                    + "the provider and enable it (openssl fipsinstall), or start without --require-fips")
        }
    }

    private static func announce(
        _ settings: ServeSettings, _ established: Accounts.Established, _ url: String, tls: ListenAddress?,
        proxy: ListenAddress?, _ folder: String, cluster: String?
    ) {
        print("Gatehouse \(CommandLineTool.version). Not affiliated with AWS.")
        print("account      \(established.account)")
        print("root keys    \(established.rootKeys)")
        let password = established.passwordFile.map { "in \($0)" } ?? "from GATEHOUSE_ROOT_PASSWORD"
        print("root sign-in \(established.email), password \(password)")
        print("enforcement  on: every request is authenticated, authorised and recorded")
        print("data         \(settings.isMemory ? "in memory, gone when the server stops" : folder)")
        if let cluster {
            print("root key     in the HSM (gatehouse doctor says which); for custom key stores it is \(cluster)")
        }
        if let tls { print("https        https://\(tls)  (root certificate: gatehouse ca)") }
        for domain in settings.domains { print("domain       \(domain)  (buckets: BUCKET.\(domain))") }
        if let proxy { print("proxy        http://\(proxy)  (for AWS's hosts; its certificate: gatehouse ca --proxy)") }
        let folderOption = folder == "./data" ? "" : " --data \(folder)"
        print("next         eval \"$(gatehouse env\(folderOption))\"")
        print("ready \(url)")
        fflush(nil)
    }
}
