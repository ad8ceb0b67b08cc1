public import HTTP
import Crypto

/// A request whose head is proved. Its body is not yet, unless it was collected before.
public struct Authenticated: Sendable {
    public let caller: Caller
    public let payload: PayloadMode
    private let head: RequestHead
    private let chunkSigning: ChunkSigning?

    init(caller: Caller, head: RequestHead, mode: PayloadMode, chunkSigning: ChunkSigning?) {
        (self.caller, payload, self.head, self.chunkSigning) = (caller, mode, head, chunkSigning)
    }

    /// The body, unframed and checked as it is read. Whoever acts on it must read it to the end first: the last call of
    /// `next` throws where the body is not what the head promised.
    /// - Parameter computing: what the caller wants to know of the body besides what must be checked.
    /// - Parameter holding: told of what is kept of signed chunks.
    /// - Parameter checksums: whether `x-amz-checksum-…` headers describe this body. They do in uploads; in
    ///   CompleteMultipartUpload they describe the object.
    public func body(
        _ raw: any RequestBody, computing: BodyDigests = [], checksums: ChecksumHeaders = .describeBody,
        holding: VerifiedBody.Holding? = nil
    ) throws(BodyFailure) -> VerifiedBody {
        try VerifiedBody(
            raw, head: head, mode: payload, signing: chunkSigning, computing: computing, checksums: checksums,
            holding: holding)
    }

    public enum ChecksumHeaders: Sendable { case describeBody, describeObject }
}
