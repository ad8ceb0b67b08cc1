import COpenSSL

/// A certificate chain with its key, ready to answer TLS 1.2 and 1.3 handshakes. Shared by all loops, so that a session
/// begun on one can be resumed on another.
public final class TLSIdentity: @unchecked Sendable {
    /// The chain or the key is not PEM, or they do not belong together.
    public struct Unusable: Error, CustomStringConvertible {
        public var description: String { "the certificate chain and private key are not PEM or do not match" }
    }

    // OpenSSL locks inside; the context is only read after `init`.
    private let context: OpaquePointer

    /// `certificateChain` begins with the server's own certificate; `privateKey` is not encrypted. Both PEM.
    /// - Parameter name: where it is given, a client that asks for another name gets no session.
    public init(certificateChain: [UInt8], privateKey: [UInt8], onlyFor name: String? = nil) throws(Unusable) {
        guard let context = gh_tls_server_context() else { throw Unusable() }
        guard
            gh_tls_use_identity(context, certificateChain, certificateChain.count, privateKey, privateKey.count) == 1
                && (name == nil || gh_tls_expect_name(context, name) == 1)
        else {
            SSL_CTX_free(context)
            throw Unusable()
        }
        self.context = context
    }

    deinit { SSL_CTX_free(context) }

    /// A session in accepting state over a socket, which stays the caller's.
    func accept(on socket: Int32) -> TLSSession? { gh_tls_accept_on(context, socket).map(TLSSession.init) }
}
