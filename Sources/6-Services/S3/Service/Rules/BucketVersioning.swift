import S3API
import Smithy
import Storage

/// Whether a bucket keeps what is replaced and deleted.
/// - Source: S3 User Guide, "Retaining multiple versions of objects with S3 Versioning"; S3 API Reference,
///   "PutBucketVersioning".
struct BucketVersioning: Sendable, Equatable {
    enum State: Int64, Sendable {
        /// As every bucket begins. Nobody is told of versions.
        case never = 0
        case enabled = 1
        /// What was kept stays; what is stored now is the null version.
        case suspended = 2
    }

    var state = State.never
    /// Whether versions are removed only with a second factor; nil where that was never set.
    var needsFactor: Bool?

    static let original = BucketVersioning()

    /// How an answer names a version; nil in a bucket that never had any.
    func shown(_ version: VersionID?) -> String? { state == .never ? nil : VersionName(version).text }

    /// What the request makes of the present state. - Parameter isProved: whether a second factor came with it.
    /// - Parameter isReplicated: whether the bucket has rules of replication, which need its versions.
    func changed(
        by wanted: S3.VersioningConfiguration, isProved: Bool, isLocked: Bool, isReplicated: Bool = false
    ) throws -> BucketVersioning {
        guard let status = wanted.status else {
            throw S3Refusal(
                "IllegalVersioningConfigurationException", 400, "The Versioning element must be specified")
        }
        guard [.enabled, .suspended].contains(status), [nil, .enabled, .disabled].contains(wanted.mFADelete) else {
            throw Refused.malformedXML
        }
        let setsFactor = wanted.mFADelete == .enabled || needsFactor == true
        guard isProved || !setsFactor else { throw DeletionFactor.missing }
        guard status == .enabled || !isLocked else {
            throw S3Refusal(
                "InvalidBucketState", 409,
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
        }
        guard status == .enabled || !isReplicated else {
            throw S3Refusal(
                "InvalidBucketState", 409,
                "A replication configuration is present on this bucket, so you cannot change the versioning state. To change "
                    + "the versioning state, first delete the replication configuration.")
        }
        var next = self
        next.state = status == .enabled ? .enabled : .suspended
        // Who says without a factor that none is needed sets nothing: it is so already.
        if isProved, let factor = wanted.mFADelete { next.needsFactor = factor == .enabled }
        return next
    }

    var shape: S3.GetBucketVersioning.Output {
        let status: S3.BucketVersioningStatus? =
            switch state {
            case .never: nil
            case .enabled: .enabled
            case .suspended: .suspended
            }
        return .init(status: status, mFADelete: needsFactor.map { $0 ? .enabled : .disabled })
    }
}

/// As rows of `s3_bucket` have it.
extension BucketVersioning {
    /// - Parameter first: the column `versioning`; `mfa_delete` follows.
    init(_ row: borrowing Row, at first: Int) throws {
        guard let state = State(rawValue: row.int(first)) else { throw Damaged.bucket(row.int(0)) }
        (self.state, needsFactor) = (state, row.intOrNull(first + 1).map { $0 == 1 })
    }
}
