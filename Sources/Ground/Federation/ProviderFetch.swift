import CCurl
import World

/// Reads the documents of identity providers: one GET each, on threads of its own, bounded in time, length and number.
///
/// No redirect is followed, no proxy is used, and no address is spoken to that a provider has no business to have; see
/// `CCurl.c`.
public final class ProviderFetch: Sendable {
    /// Why there is no document.
    public enum Failure: Error, Hashable, Sendable {
        /// The host's address is one that no provider has, or one of a network that the operator did not name.
        case address
        case tooLong
        /// Neither the system nor a thumbprint trusts the certificate.
        case untrusted
        /// No connection, no answer in time, or another status than 200.
        case unanswered
        /// Too many wait for providers already.
        case busy

        /// For the server's log. A caller is not told apart from the others what lies in a network of the server's: he would
        /// learn which names there are.
        public var reason: String {
            switch self {
            case .address: "its address is in a network that the setting issuer-networks does not name"
            case .tooLong: "its document is too long"
            case .untrusted: "neither the system nor a thumbprint trusts its certificate"
            case .unanswered: "it gave no answer in time, or not the document"
            case .busy: "too many wait for identity providers"
            }
        }
    }

    private let pool = BlockingPool("identity-providers", threads: 4, limit: 256)

    private let networks: IssuerNetworks

    private static let room = 256 << 10
    private static let timeout = 5000

    /// With threads of its own. - Parameter networks: where issuers may be besides the open Internet.
    public init(_ networks: IssuerNetworks) { self.networks = networks }

    /// Whether the issuer may be asked, as far as its name tells: the rest its address must.
    public func takes(_ issuer: IssuerURL) -> Bool { !issuer.isLoopback || networks.haveLoopback }

    /// Whether a host may have that address. Nil where it is no address.
    func mayHave(_ address: String, isLoopback: Bool) -> Bool? {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard gh_fetch_address(address, &bytes) != 0 else { return nil }
        return ProviderFetch.with("", isLoopback && networks.haveLoopback, [], networks) { request in
            gh_fetch_may_have(&request, bytes)
        } == 1
    }

    deinit { pool.close() }

    /// The document, where the answer is 200. - Parameter thumbprints: SHA-1, 20 bytes each.
    func document(at url: String, isLoopback: Bool, thumbprints: [[UInt8]]) async throws(Failure) -> [UInt8] {
        let networks = networks
        return try await run {
            var (bytes, answer, code) = ([UInt8](), gh_fetch_answer(), Int32(GH_FETCH_FAILED))
            bytes = [UInt8](unsafeUninitializedCapacity: ProviderFetch.room) { buffer, count in
                code = ProviderFetch.with(url, isLoopback && networks.haveLoopback, thumbprints, networks) { request in
                    gh_fetch(&request, buffer.baseAddress, ProviderFetch.room, &answer)
                }
                count = answer.count
            }
            if let failure = ProviderFetch.failure(code) { return .failure(failure) }
            return answer.status == 200 ? .success(bytes) : .failure(.unanswered)
        }
    }

    /// The SHA-1 of the last certificate that the issuer's host shows.
    public func thumbprint(of issuer: IssuerURL) async throws(Failure) -> [UInt8] {
        let networks = networks
        return try await run {
            var thumbprint = [UInt8](repeating: 0, count: Int(GH_THUMBPRINT))
            let code = ProviderFetch.with(
                issuer.description, issuer.isLoopback && networks.haveLoopback, [], networks
            ) { request in
                gh_fetch_thumbprint(&request, &thumbprint)
            }
            return ProviderFetch.failure(code).map { .failure($0) } ?? .success(thumbprint)
        }
    }

    private func run(_ body: @escaping @Sendable () -> Result<[UInt8], Failure>) async throws(Failure) -> [UInt8] {
        let result: Result<[UInt8], Failure>
        do { result = try await pool.run { body() } } catch { throw .busy }
        return try result.get()
    }

    /// The texts live as long as the call.
    private static func with(
        _ url: String, _ isLoopback: Bool, _ thumbprints: [[UInt8]], _ networks: IssuerNetworks,
        _ body: (inout gh_fetch_request) -> Int32
    ) -> Int32 {
        let digests = thumbprints.flatMap { $0 }
        return url.withCString { url in
            digests.withUnsafeBufferPointer { digests in
                networks.withBlocks { blocks in
                    var request = gh_fetch_request(
                        url: url, is_loopback: isLoopback ? 1 : 0, thumbprints: digests.baseAddress,
                        thumbprint_count: thumbprints.count, timeout_milliseconds: timeout,
                        networks: blocks.baseAddress, network_count: blocks.count)
                    return body(&request)
                }
            }
        }
    }

    private static func failure(_ code: Int32) -> Failure? {
        switch Int(code) {
        case GH_FETCH_DONE: nil
        case GH_FETCH_BAD_ADDRESS: .address
        case GH_FETCH_TOO_LONG: .tooLong
        case GH_FETCH_UNTRUSTED: .untrusted
        default: .unanswered
        }
    }
}
