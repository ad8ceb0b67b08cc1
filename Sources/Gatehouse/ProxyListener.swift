import AWS
import Crypto
import Edge
import Glibc
import Storage
import World

/// The forward proxy: tools that know no endpoint settings reach this server by AWS's own names through it.
///
/// It has loops and a limit of connections of its own, so that whoever floods it does not stand before the other clients.
enum ProxyListener {
    /// Where the proxy is, in a file of the data folder.
    static let fileName = "proxy"

    /// Nil where no address is set.
    static func server(
        _ house: House, _ settings: ServeSettings, _ authority: Authority, cores: Int, _ desk: Desk
    ) async throws -> EdgeServer? {
        let file = house.folder.path + "/" + fileName
        guard let address = settings.proxyListen else {
            // Nobody is to be sent to where an earlier run listened.
            unlink(file)
            return nil
        }
        let (issuer, clock) = (try await authority.forProxy(), house.clock)
        let proxy = ForwardProxy(serves: EndpointDomain.holds, now: { clock.wallTime().seconds }) { host in
            let issued = try issuer.issue(host: host, now: clock.wallTime().seconds)
            let identity = try TLSIdentity(
                certificateChain: issued.chain, privateKey: issued.privateKey, onlyFor: host)
            return HostIdentity(identity, expires: issued.expires)
        }
        let server = try EdgeServer(
            addresses: [(address, nil)], limits: .proxy, loops: max(1, cores / 2), log: house.world.log, proxy: proxy
        ) { head, body in await desk.answerProxied(head, body) }
        try PrivateText.write("http://\(server.boundAddresses[0])\n", to: file)
        return server
    }
}
