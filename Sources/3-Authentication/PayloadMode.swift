import Crypto
import HTTP
import World

/// How a request's body takes part in its signature.
public enum PayloadMode: Sendable, Hashable {
    /// The body was read before, and its hash is in the signature: services other than S3.
    case collected
    /// S3's `UNSIGNED-PAYLOAD`, and requests without a signature.
    case unsigned
    /// The SHA-256 that the body must have.
    case hash([UInt8])
    /// aws-chunked, each chunk signed.
    case signedChunks(trailer: Bool)
    /// aws-chunked with a trailer, nothing of it signed.
    case unsignedChunks

    /// Nil for a value that `x-amz-content-sha256` must not have.
    init?(contentHash text: ArraySlice<UInt8>) {
        if text.count == 64 {
            guard let hash = Hexadecimal.decode(text) else { return nil }
            self = .hash(hash)
            return
        }
        switch String(decoding: text, as: UTF8.self) {
        case "UNSIGNED-PAYLOAD": self = .unsigned
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": self = .signedChunks(trailer: false)
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": self = .signedChunks(trailer: true)
        case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": self = .unsignedChunks
        default: return nil
        }
    }

    /// Whether the body is framed as aws-chunked.
    public var isChunked: Bool {
        switch self {
        case .signedChunks, .unsignedChunks: true
        case .collected, .unsigned, .hash: false
        }
    }
}
