import COpenSSL
import HTTP

/// One connection's TLS state. Used by its loop only.
final class TLSSession {
    private let session: OpaquePointer

    init(_ session: OpaquePointer) { self.session = session }
    deinit { SSL_free(session) }

    enum Outcome { case bytes(Int), blocked, ended, failed }

    func handshake() -> Outcome { TLSSession.outcome(gh_tls_handshake(session)) }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        TLSSession.outcome(gh_tls_read(session, buffer.baseAddress, buffer.count))
    }

    /// At most one record is taken per call. After `blocked`, the next call must offer the same bytes first.
    func write(_ buffer: UnsafeRawBufferPointer) -> Outcome {
        TLSSession.outcome(gh_tls_write(session, buffer.baseAddress, buffer.count))
    }

    func close() { gh_tls_close(session) }

    private static func outcome(_ result: Int32) -> Outcome {
        switch Int(result) {
        case 1...: .bytes(Int(result))
        case GH_TLS_AGAIN: .blocked
        case GH_TLS_END: .ended
        default: .failed
        }
    }

    /// What the handshake settled on.
    var facts: TLSFacts {
        let version = SSL_get_version(session).map { String(cString: $0) } ?? "-"
        let cipher = SSL_get_current_cipher(session).flatMap { SSL_CIPHER_get_name($0) }
        return TLSFacts(version: version, cipherSuite: cipher.map { String(cString: $0) } ?? "-")
    }
}
