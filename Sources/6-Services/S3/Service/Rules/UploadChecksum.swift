import Authentication
import Crypto
import S3API
import Smithy

/// How an object's checksum is made of those of its parts, as CreateMultipartUpload settles it.
/// - Source: S3 User Guide, "Checking object integrity for data uploads", "Full object and composite checksum types". The words
///   of refusals as S3 was seen to answer (floci's pull request 3093, Swift's tests against S3).
struct UploadChecksum: Sendable, Equatable {
    let algorithm: ChecksumAlgorithm
    /// A checksum of the parts' checksums; else that of the whole content.
    let isComposite: Bool
    /// Whether the request named the algorithm. Parts may then have no other.
    let isNamed: Bool

    /// - Parameter algorithm: as `x-amz-checksum-algorithm` has it.
    init(algorithm: String?, type: S3.ChecksumType?) throws {
        if let type, ![.fullObject, .composite].contains(type) {
            throw S3.InvalidRequest(message: "Value for x-amz-checksum-type header is invalid.")
        }
        guard let algorithm else {
            guard type == nil else {
                throw S3.InvalidRequest(
                    message: "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
                )
            }
            self.init(.crc64nvme, isComposite: false, isNamed: false)
            return
        }
        let named = try UploadChecksum.algorithm(named: algorithm)
        let isComposite = type.map { $0 == .composite } ?? (named != .crc64nvme)
        guard isComposite ? named != .crc64nvme : named.combination != nil else {
            throw S3.InvalidRequest(
                message: "The \(isComposite ? "COMPOSITE" : "FULL_OBJECT") checksum type cannot be used with the "
                    + "\(named.name.lowercased()) checksum algorithm.")
        }
        self.init(named, isComposite: isComposite, isNamed: true)
    }

    init(_ algorithm: ChecksumAlgorithm, isComposite: Bool, isNamed: Bool) {
        (self.algorithm, self.isComposite, self.isNamed) = (algorithm, isComposite, isNamed)
    }

    static func algorithm(named text: String) throws -> ChecksumAlgorithm {
        guard let known = ChecksumAlgorithm.allCases.first(where: { $0.name == text.uppercased() }) else {
            throw S3.InvalidRequest(
                message: "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
                    + "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
        }
        return known
    }

    var type: S3.ChecksumType { isComposite ? .composite : .fullObject }
    var name: S3.ChecksumAlgorithm { S3.ChecksumAlgorithm(rawValue: algorithm.name) }

    /// What a part must come with. - Parameter sent: the checksum that came; nil for none.
    func check(sent: ChecksumAlgorithm?) throws {
        guard isNamed, sent != algorithm, sent != nil || isComposite else { return }
        throw differs(from: sent)
    }

    func differs(from sent: ChecksumAlgorithm?) -> S3.InvalidRequest {
        S3.InvalidRequest(
            message: "Checksum Type mismatch occurred, expected checksum Type: \(algorithm.name.lowercased()), actual "
                + "checksum Type: \(sent?.name.lowercased() ?? "null")")
    }

    /// The object's, of those of its parts.
    func whole(_ parts: [(checksum: [UInt8], size: Int64)]) -> [UInt8] {
        if !isComposite, let kind = algorithm.combination {
            return CombinedChecks.check(kind, of: parts.map { ($0.checksum, $0.size) })
        }
        let digests = ContentDigests(algorithm, wantsMD5: false)
        digests.update(parts.flatMap(\.checksum))
        return digests.finish().checksum
    }
}

extension ChecksumAlgorithm {
    /// Checks of which a whole can be made; digests cannot.
    fileprivate var combination: CombinedChecks.Kind? {
        switch self {
        case .crc32: .crc32
        case .crc32c: .crc32c
        case .crc64nvme: .crc64nvme
        case .sha1, .sha256: nil
        }
    }
}
