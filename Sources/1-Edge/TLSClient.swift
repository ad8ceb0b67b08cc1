import COpenSSL

/// TLS on one connection of a client, over a socket that blocks.
public final class TLSClient {
    /// Why there is no session, or no more of it.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let context: OpaquePointer
    private let session: OpaquePointer

    /// Shakes hands, and checks that the certificate is the host's and of an authority that is trusted.
    /// - Parameters:
    ///   - socket: connected; it stays the caller's.
    ///   - host: a name or an address.
    ///   - authorities: files of certificates in PEM.
    ///   - trustsSystem: whether the system's authorities are trusted too.
    public init(over socket: Int32, to host: String, authorities: [String], trustsSystem: Bool) throws(Failure) {
        context = try TLSClient.context(authorities, trustsSystem)
        guard let session = SSL_new(context) else {
            SSL_CTX_free(context)
            throw Failure(description: "TLS cannot be begun")
        }
        self.session = session
        try begin(socket, host)
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    private static func context(_ authorities: [String], _ trustsSystem: Bool) throws(Failure) -> OpaquePointer {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Failure(description: "TLS cannot be begun") }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        // What the macro SSL_CTX_set_min_proto_version does.
        var isReady = SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil) == 1
        if trustsSystem { isReady = isReady && SSL_CTX_set_default_verify_paths(context) == 1 }
        for file in authorities {
            guard SSL_CTX_load_verify_locations(context, file, nil) == 1 else {
                SSL_CTX_free(context)
                throw Failure(description: "\(file) holds no certificates in PEM")
            }
        }
        guard isReady else {
            SSL_CTX_free(context)
            throw Failure(description: "TLS cannot be begun")
        }
        return context
    }

    private func begin(_ socket: Int32, _ host: String) throws(Failure) {
        var isNamed = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1
        if !isNamed {
            var name = Array(host.utf8CString)
            // What the macro SSL_set_tlsext_host_name does.
            isNamed =
                SSL_set1_host(session, host) == 1
                && SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name) == 1
        }
        guard isNamed, SSL_set_fd(session, socket) == 1 else { throw Failure(description: "\(host) is no host's name") }
        guard SSL_connect(session) == 1 else {
            let verdict = SSL_get_verify_result(session)
            guard verdict != X509_V_OK else { throw Failure(description: "no TLS is spoken there") }
            let reason = X509_verify_cert_error_string(verdict).map { String(cString: $0) } ?? "\(verdict)"
            throw Failure(description: "its certificate is not trusted: \(reason)")
        }
    }

    /// How many of the bytes were taken, at least one.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int {
        let count = SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
        guard count > 0 else { throw Failure(description: "the connection broke") }
        return Int(count)
    }

    /// How many bytes came; 0 at the end. An end that the other side did not tell is a failure: somebody may have cut it.
    public func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let count = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        guard count <= 0 else { return Int(count) }
        guard SSL_get_error(session, count) == SSL_ERROR_ZERO_RETURN else {
            throw Failure(description: "the connection broke")
        }
        return 0
    }
}
