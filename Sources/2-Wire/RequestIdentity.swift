/// The ids an answer bears.
package struct RequestIdentity: Sendable {
    /// A UUID, or for S3 sixteen upper-case hexadecimal digits.
    package let requestID: String
    /// S3's second id, `x-amz-id-2`; empty for all others.
    package let hostID: String

    package init(requestID: String, hostID: String = "") { (self.requestID, self.hostID) = (requestID, hostID) }
}
