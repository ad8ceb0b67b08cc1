import S3API
import S3ControlAPI

/// The four settings of Block Public Access, of a bucket or an account.
struct PublicAccessBlock: OptionSet, Sendable, Hashable {
    let rawValue: Int64

    static let blockPublicAcls = PublicAccessBlock(rawValue: 1)
    static let ignorePublicAcls = PublicAccessBlock(rawValue: 2)
    static let blockPublicPolicy = PublicAccessBlock(rawValue: 4)
    static let restrictPublicBuckets = PublicAccessBlock(rawValue: 8)
    /// What a new bucket has.
    /// - Source: S3 User Guide, "Default settings for new S3 buckets" (since April 2023).
    static let all: PublicAccessBlock = [
        .blockPublicAcls, .ignorePublicAcls, .blockPublicPolicy, .restrictPublicBuckets,
    ]

    init(rawValue: Int64) { self.rawValue = rawValue }

    /// Settings that are not given are off.
    init(_ acls: Bool?, _ ignore: Bool?, _ policy: Bool?, _ restrict: Bool?) {
        self = []
        if acls == true { insert(.blockPublicAcls) }
        if ignore == true { insert(.ignorePublicAcls) }
        if policy == true { insert(.blockPublicPolicy) }
        if restrict == true { insert(.restrictPublicBuckets) }
    }

    init(_ shape: S3.PublicAccessBlockConfiguration) {
        self.init(shape.blockPublicAcls, shape.ignorePublicAcls, shape.blockPublicPolicy, shape.restrictPublicBuckets)
    }

    init(_ shape: S3Control.PublicAccessBlockConfiguration) {
        self.init(shape.blockPublicAcls, shape.ignorePublicAcls, shape.blockPublicPolicy, shape.restrictPublicBuckets)
    }

    var shape: S3.PublicAccessBlockConfiguration {
        S3.PublicAccessBlockConfiguration(
            blockPublicAcls: contains(.blockPublicAcls), ignorePublicAcls: contains(.ignorePublicAcls),
            blockPublicPolicy: contains(.blockPublicPolicy), restrictPublicBuckets: contains(.restrictPublicBuckets))
    }

    var controlShape: S3Control.PublicAccessBlockConfiguration {
        S3Control.PublicAccessBlockConfiguration(
            blockPublicAcls: contains(.blockPublicAcls), ignorePublicAcls: contains(.ignorePublicAcls),
            blockPublicPolicy: contains(.blockPublicPolicy), restrictPublicBuckets: contains(.restrictPublicBuckets))
    }
}
