import CSystem
import Edge
import Glibc
import World

/// Whose certificates a command trusts.
struct TrustedAuthorities {
    /// Files of certificates in PEM.
    let files: [String]
    let trustsSystem: Bool

    /// `AWS_CA_BUNDLE` alone, as with AWS tools; without it the system's and that of the data folder.
    init(_ folder: String, _ environment: [String: String]) {
        if let bundle = environment["AWS_CA_BUNDLE"], !bundle.isEmpty {
            (files, trustsSystem) = ([bundle], false)
        } else {
            let own = folder + "/" + Authority.fileName
            (files, trustsSystem) = (access(own, R_OK) == 0 ? [own] : [], true)
        }
    }

    /// For what speaks to no other machine.
    static let none = TrustedAuthorities()
    private init() { (files, trustsSystem) = ([], false) }
}

/// One connection to a server. What goes in clear does not leave the machine.
final class ServerConnection {
    private let descriptor: Int32
    private let address: ServerAddress
    private var session: TLSClient?

    /// - Parameter hint: what to do where nobody answers; a sentence, or nothing.
    init(_ address: ServerAddress, _ trusted: TrustedAuthorities, hint: String) throws {
        self.address = address
        descriptor = try ServerConnection.connect(address, hint: hint)
        if address.isSecure {
            do {
                session = try TLSClient(
                    over: descriptor, to: address.host, authorities: trusted.files, trustsSystem: trusted.trustsSystem)
            } catch {
                throw SetupError(
                    "\(address.url): \(error). The certificate of a server's authority is printed by gatehouse ca; AWS_CA_BUNDLE "
                        + "names the file.")
            }
        } else if !ServerConnection.staysHere(descriptor) {
            throw SetupError(
                "\(address.url) is not on this machine, and secrets would pass the network in clear: use https:// (gatehouse serve "
                    + "--tls-listen, gatehouse ca)")
        }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = try bytes.withUnsafeBytes { whole in
                let rest = UnsafeRawBufferPointer(rebasing: whole[sent...])
                do { return try session?.write(rest) ?? write(descriptor, rest.baseAddress, rest.count) } catch {
                    throw SetupError("cannot send to \(address.url): \(error)")
                }
            }
            guard count > 0 else { throw SetupError("cannot send to \(address.url): \(SystemFault.text(gh_errno()))") }
            sent += count
        }
    }

    /// What came next; nil at the end.
    func receive() throws -> [UInt8]? {
        var part = [UInt8](repeating: 0, count: 262_144)
        let count = try part.withUnsafeMutableBytes { buffer in
            do { return try session?.read(buffer) ?? read(descriptor, buffer.baseAddress, buffer.count) } catch {
                throw SetupError("cannot read from \(address.url): \(error)")
            }
        }
        guard count >= 0 else { throw SetupError("cannot read from \(address.url): \(SystemFault.text(gh_errno()))") }
        if count == 0 { return nil }
        part.removeLast(part.count - count)
        return part
    }

    private static func connect(_ address: ServerAddress, hint: String) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, address.port, &hints, &found) == 0 else {
            throw SetupError("there is no host \(address.host)")
        }
        defer { freeaddrinfo(found) }
        var next = found
        while let place = next?.pointee {
            let connection = socket(place.ai_family, place.ai_socktype, place.ai_protocol)
            if connection >= 0 {
                if Glibc.connect(connection, place.ai_addr, place.ai_addrlen) == 0 { return connection }
                close(connection)
            }
            next = place.ai_next
        }
        let reason = SystemFault.text(gh_errno())
        throw SetupError("no server answers at \(address.url): \(reason)" + (hint.isEmpty ? "" : ". \(hint)"))
    }

    /// Whether the other end is on this machine: at loopback, or at the address that this end has too.
    private static func staysHere(_ connection: Int32) -> Bool {
        guard let peer = name(connection, getpeername), let own = name(connection, getsockname) else { return false }
        return peer == own || peer == "::1" || peer.hasPrefix("127.") || peer.hasPrefix("::ffff:127.")
    }

    private static func name(
        _ connection: Int32, _ ask: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
    ) -> String? {
        var (storage, length) = (sockaddr_storage(), socklen_t(MemoryLayout<sockaddr_storage>.size))
        var text = [CChar](repeating: 0, count: 64)
        let isTold = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                ask(connection, address, &length) == 0
                    && getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            }
        }
        return isTold ? String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
