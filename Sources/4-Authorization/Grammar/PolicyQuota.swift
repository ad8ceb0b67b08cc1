/// How long policies may be, in characters.
/// - Source: IAM User Guide, "IAM and AWS STS quotas"; Organizations User Guide, "Quotas".
public enum PolicyQuota {
    public static let managed = 6_144
    /// Sums over all inline policies of one user, role or group.
    public static let userInline = 2_048
    public static let roleInline = 10_240
    public static let groupInline = 5_120
    /// The default of a quota that AWS raises on request.
    public static let trust = 2_048
    public static let session = 2_048
    public static let sessionManagedARNs = 10
    public static let organizations = 5_120
    /// Bytes.
    public static let bucketPolicy = 20 * 1024
    public static let keyPolicy = 32 * 1024

    /// Characters as IAM counts them: white space is free.
    public static func countWithoutWhitespace(_ text: String) -> Int {
        text.unicodeScalars.count { scalar in
            switch scalar {
            case " ", "\t", "\n", "\r": false
            default: true
            }
        }
    }

    /// Characters as Organizations and session policies count them: all.
    public static func count(_ text: String) -> Int { text.unicodeScalars.count }
}
