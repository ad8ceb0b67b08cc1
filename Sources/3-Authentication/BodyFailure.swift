import Crypto
import Formats
import World

/// Why a body is not what its head promised. Every case ends the request.
public enum BodyFailure: Error, Sendable, Hashable {
    /// Broken framing, or another length than `x-amz-decoded-content-length`.
    case incomplete
    case missingDecodedLength
    case malformedDecodedLength
    /// A chunk that is not the last has fewer than 8,192 bytes. Chunks are counted from one; the number is that of the
    /// chunk after it.
    case chunkTooSmall(chunk: Int, size: Int)
    /// A signed chunk longer than `ChunkDecoder.largestSignedChunk`, which must be held until its signature is known.
    case chunkTooLarge(chunk: Int, size: Int)
    case chunkSignature(SignatureMismatch)
    /// The trailer is broken, missing, or not the one `x-amz-trailer` names.
    case malformedTrailer
    case contentHash(expected: [UInt8], computed: [UInt8])
    case malformedContentMD5(String)
    case contentMD5(expected: [UInt8], computed: [UInt8])
    /// More than one `x-amz-checksum-…` value.
    case severalChecksums
    case malformedChecksum(ChecksumAlgorithm, trailing: Bool)
    case checksumAlgorithmDiffers
    case checksum(ChecksumAlgorithm)

    /// What the client is told.
    /// - Source: S3 API Reference, "Error responses"; S3 answers quoted in public client reports.
    public var refusal: Refusal {
        switch self {
        case .incomplete: Refusal("IncompleteBody", 400, "The request body terminated unexpectedly")
        case .missingDecodedLength:
            Refusal("MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
        case .malformedDecodedLength:
            Refusal("InvalidArgument", 400, "Value for x-amz-decoded-content-length header is invalid.")
        case .chunkTooSmall(let chunk, let size):
            Refusal(
                "InvalidChunkSizeError", 403, "Only the last chunk is allowed to have a size less than 8192 bytes",
                [.init("Chunk", String(chunk)), .init("BadChunkSize", String(size))])
        case .chunkTooLarge(let chunk, let size):
            Refusal(
                "InvalidChunkSizeError", 403, "A signed chunk must not have more than 16777216 bytes",
                [.init("Chunk", String(chunk)), .init("BadChunkSize", String(size))])
        case .chunkSignature(let mismatch): mismatch.s3Refusal
        case .malformedTrailer:
            Refusal(
                "MalformedTrailerError", 400,
                "The request contained trailing data that was not well-formed or did not conform to our published schema."
            )
        default: digestRefusal
        }
    }

    private var digestRefusal: Refusal {
        switch self {
        case .contentHash(let expected, let computed):
            Refusal(
                "XAmzContentSHA256Mismatch", 400,
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                [
                    .init("ClientComputedContentSHA256", Hexadecimal.string(expected)),
                    .init("S3ComputedContentSHA256", Hexadecimal.string(computed)),
                ])
        case .malformedContentMD5(let value):
            Refusal("InvalidDigest", 400, "The Content-MD5 you specified was invalid.", [.init("Content-MD5", value)])
        case .contentMD5(let expected, let computed):
            Refusal(
                "BadDigest", 400, "The Content-MD5 you specified did not match what we received.",
                [
                    .init("ExpectedDigest", Base64.encode(expected)),
                    .init("CalculatedDigest", Base64.encode(computed)),
                ])
        case .severalChecksums:
            Refusal(
                "InvalidRequest", 400,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        case .malformedChecksum(let algorithm, let trailing):
            Refusal(
                "InvalidRequest", 400,
                "Value for \(algorithm.headerName) \(trailing ? "trailing " : "")header is invalid.")
        case .checksumAlgorithmDiffers:
            Refusal("InvalidRequest", 400, "Value for x-amz-sdk-checksum-algorithm header is invalid.")
        case .checksum(let algorithm):
            Refusal("BadDigest", 400, "The \(algorithm.name) you specified did not match the calculated checksum.")
        default: Refusal("InternalError", 500, "We encountered an internal error. Please try again.")
        }
    }

}
