/// The ids an answer bears.
public struct RequestIdentity: Sendable {
    /// A UUID, or for S3 sixteen upper-case hexadecimal digits.
    public let requestID: String
    /// S3's second id, `x-amz-id-2`; empty for all others.
    public let hostID: String

    public init(requestID: String, hostID: String = "") { (self.requestID, self.hostID) = (requestID, hostID) }
}
