/// How long policies may be, in characters.
/// - Source: IAM User Guide, "IAM and AWS STS quotas"; Organizations User Guide, "Quotas".
package enum PolicyQuota {
    package static let managed = 6_144
    /// Sums over all inline policies of one user, role or group.
    package static let userInline = 2_048
    package static let roleInline = 10_240
    package static let groupInline = 5_120
    /// The default of a quota that AWS raises on request.
    package static let trust = 2_048
    package static let session = 2_048
    package static let sessionManagedARNs = 10
    package static let organizations = 5_120
    /// Bytes.
    package static let bucketPolicy = 20 * 1024
    package static let keyPolicy = 32 * 1024

    /// Characters as IAM counts them: white space is free.
    package static func countWithoutWhitespace(_ text: String) -> Int {
        text.unicodeScalars.count { ![" ", "\t", "\n", "\r"].contains($0) }
    }

    /// Characters as Organizations and session policies count them: all.
    package static func count(_ text: String) -> Int { text.unicodeScalars.count }
}
