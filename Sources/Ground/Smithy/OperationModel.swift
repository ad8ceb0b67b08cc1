/// The model's facts about one operation.
public final class OperationModel: Sendable {
    /// What the service does with checksums of the payload.
    /// - Source: Smithy, trait `aws.protocols#httpChecksum`.
    public struct Checksum: Sendable {
        public let isRequired: Bool
        /// The input member that names the algorithm.
        public let algorithmMember: String?
        public init(isRequired: Bool, algorithmMember: String?) {
            (self.isRequired, self.algorithmMember) = (isRequired, algorithmMember)
        }
    }

    public let name: String
    public let service: ServiceModel
    /// `GET`, `PUT`, …
    public let method: String
    /// `/{Bucket}/{Key+}?tagging`; `/` for protocols without paths.
    public let uri: String
    /// The status of a success.
    public let status: Int
    /// A hint taken from the operation's name (Get, List, Head, Describe, Lookup, …) or from a patch.
    public let isReadOnly: Bool
    /// True where the operation may come without a signature.
    public let isUnsigned: Bool
    /// Whether the model gives an output at all; a query answer without one has no result element.
    public let hasOutput: Bool
    /// The element around a query answer's members; empty where there is none.
    public let resultWrapper: String
    /// Names of the error shapes the model lists.
    public let errors: [String]
    public let checksum: Checksum?

    public init(
        _ name: String, of service: ServiceModel, method: String = "POST", uri: String = "/", status: Int = 200,
        isReadOnly: Bool = false, isUnsigned: Bool = false, hasOutput: Bool = true, resultWrapper: String = "",
        errors: [String] = [], checksum: Checksum? = nil
    ) {
        (self.name, self.service, self.method, self.uri, self.status) = (name, service, method, uri, status)
        (self.isReadOnly, self.isUnsigned, self.hasOutput) = (isReadOnly, isUnsigned, hasOutput)
        (self.resultWrapper, self.errors, self.checksum) = (resultWrapper, errors, checksum)
    }
}
