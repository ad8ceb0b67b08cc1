import Formats
public import HTTP
import World

/// A request's body, unframed, and checked against everything its head and trailer promise.
///
/// Bytes are handed on as they come (signed chunks once they are verified); what can be known only at the end is thrown
/// by the last call of `next`. So nothing made of the body may be kept before `next` has returned nil.
/// One reader at a time, as with every request body.
public final class VerifiedBody: RequestBody {
    /// Bytes after unframing, as promised; nil where the head does not say.
    public let declaredLength: Int64?
    private let raw: any RequestBody
    private let state: Lock<BodyVerifier>
    private let holding: Holding?

    /// Told how many bytes of a signed chunk are kept, which are handed on when its signature is verified. What it throws,
    /// `next` throws.
    public typealias Holding = @Sendable (Int) throws -> Void

    init(
        _ raw: any RequestBody, head: RequestHead, mode: PayloadMode, signing: ChunkSigning?, computing: BodyDigests,
        checksums: Authenticated.ChecksumHeaders, holding: Holding? = nil
    ) throws(BodyFailure) {
        self.holding = holding
        let promises = try BodyPromises(head, mode: mode, checksums: checksums)
        declaredLength = mode.isChunked ? promises.decodedLength : raw.declaredLength
        self.raw = raw
        state = Lock(BodyVerifier(promises: promises, mode: mode, signing: signing, computing: computing))
    }

    /// Computes more over the body, so that `facts` tells it. To be asked before the first `next`.
    /// - Parameter otherwise: what to compute besides where the request promises no checksum.
    public func compute(_ digests: BodyDigests, ifNoChecksum otherwise: BodyDigests = []) {
        state.withLock { $0.compute(digests, otherwise) }
    }

    /// - Throws: `BodyFailure`, or what the connection throws. After an error every further call throws it again.
    public func next() async throws -> [UInt8]? {
        while true {
            if let failure = state.withLock({ $0.failure }) { throw failure }
            guard let bytes = try await raw.next() else {
                try state.withLock { try $0.finish() }
                return nil
            }
            let (ready, held) = try state.withLock { (try $0.absorb(bytes), $0.held) }
            try holding?(held)
            if !ready.isEmpty { return ready }
        }
    }

    /// Of the body as it comes.
    public func holdUntilEnd() { raw.holdUntilEnd() }

    /// Whether the request says what the body's digest is: a Content-MD5 or a checksum, in head or trailer.
    public var isPromised: Bool { state.withLock { $0.isPromised } }

    /// Nil until `next` has returned nil.
    public var facts: BodyFacts? { state.withLock { $0.facts } }
}

/// The body's checks, without IO.
struct BodyVerifier: Sendable {
    private let promises: BodyPromises
    private let mode: PayloadMode
    private var wanted: BodyDigests
    private var decoder: ChunkDecoder?
    private var digests: DigestSet
    private(set) var failure: BodyFailure?
    private(set) var facts: BodyFacts?

    init(promises: BodyPromises, mode: PayloadMode, signing: ChunkSigning?, computing: BodyDigests) {
        (self.promises, self.mode) = (promises, mode)
        wanted = promises.digests(mode).union(computing)
        digests = DigestSet(wanted)
        switch mode {
        case .signedChunks(let trailer): decoder = ChunkDecoder(signing: signing, takesTrailer: trailer)
        case .unsignedChunks: decoder = ChunkDecoder(signing: nil, takesTrailer: true)
        case .collected, .unsigned, .hash: decoder = nil
        }
    }

    /// Bytes of a chunk whose signature is not verified yet.
    var held: Int { decoder?.heldBytes ?? 0 }

    var isPromised: Bool { promises.md5 != nil || promises.checksum != nil || promises.trailing != nil }

    mutating func compute(_ more: BodyDigests, _ otherwise: BodyDigests) {
        precondition(digests.byteCount == 0 && facts == nil, "digests are chosen before the body is read")
        wanted.formUnion(promises.checksum == nil && promises.trailing == nil ? more.union(otherwise) : more)
        digests = DigestSet(wanted)
    }

    /// Bytes to hand on.
    mutating func absorb(_ bytes: [UInt8]) throws(BodyFailure) -> [UInt8] {
        do throws(BodyFailure) {
            let ready = try decoder?.decode(bytes) ?? bytes
            digests.update(ready)
            if let length = promises.decodedLength, digests.byteCount > length { throw BodyFailure.incomplete }
            return ready
        } catch {
            failure = error
            throw error
        }
    }

    /// The last checks. Safe to call again.
    mutating func finish() throws(BodyFailure) {
        guard facts == nil else { return }
        do throws(BodyFailure) {
            facts = try conclude()
        } catch {
            failure = error
            throw error
        }
    }

    private func conclude() throws(BodyFailure) -> BodyFacts {
        let trailer = try decoder?.finish()
        if let length = promises.decodedLength, digests.byteCount != length { throw .incomplete }
        let promised = try checksum(in: trailer)
        let (md5, checksums) = digests.finish()
        if case .hash(let expected) = mode, let computed = checksums[.sha256], computed != expected {
            throw .contentHash(expected: expected, computed: computed)
        }
        if let expected = promises.md5, let md5, md5 != expected {
            throw .contentMD5(expected: expected, computed: md5)
        }
        if let promised, checksums[promised.algorithm] != promised.value { throw .checksum(promised.algorithm) }
        return BodyFacts(
            byteCount: digests.byteCount, md5: md5, checksums: checksums, confirmed: promised?.algorithm)
    }

    /// The checksum of header or trailer. The trailer must bring what `x-amz-trailer` names and nothing else.
    private func checksum(in trailer: TrailerBlock?) throws(BodyFailure) -> (
        algorithm: ChecksumAlgorithm, value: [UInt8]
    )? {
        guard let trailer else { return promises.checksum }
        guard trailer.lines.map(\.name).sorted() == promises.trailerNames.sorted() else { throw .malformedTrailer }
        guard let algorithm = promises.trailing, let text = trailer.value(of: algorithm.headerName) else {
            return promises.checksum
        }
        guard let value = Base64.decode(text), value.count == algorithm.byteCount else {
            throw .malformedChecksum(algorithm, trailing: true)
        }
        return (algorithm, value)
    }
}
