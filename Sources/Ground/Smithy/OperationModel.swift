/// The model's facts about one operation.
package final class OperationModel: Sendable {
    /// What the service does with checksums of the payload.
    /// - Source: Smithy, trait `aws.protocols#httpChecksum`.
    package struct Checksum: Sendable {
        package let isRequired: Bool
        /// The input member that names the algorithm.
        package let algorithmMember: String?
        package init(isRequired: Bool, algorithmMember: String?) {
            (self.isRequired, self.algorithmMember) = (isRequired, algorithmMember)
        }
    }

    package let name: String
    package let service: ServiceModel
    /// `GET`, `PUT`, …
    package let method: String
    /// `/{Bucket}/{Key+}?tagging`; `/` for protocols without paths.
    package let uri: String
    /// The status of a success.
    package let status: Int
    /// A hint taken from the operation's name (Get, List, Head, Describe, Lookup, …) or from a patch.
    package let isReadOnly: Bool
    /// True where the operation may come without a signature.
    package let isUnsigned: Bool
    /// Whether the model gives an output at all; a query answer without one has no result element.
    package let hasOutput: Bool
    /// The element around a query answer's members; empty where there is none.
    package let resultWrapper: String
    /// Names of the error shapes the model lists.
    package let errors: [String]
    package let checksum: Checksum?

    package init(
        _ name: String, of service: ServiceModel, method: String = "POST", uri: String = "/", status: Int = 200,
        isReadOnly: Bool = false, isUnsigned: Bool = false, hasOutput: Bool = true, resultWrapper: String = "",
        errors: [String] = [], checksum: Checksum? = nil
    ) {
        (self.name, self.service, self.method, self.uri, self.status) = (name, service, method, uri, status)
        (self.isReadOnly, self.isUnsigned, self.hasOutput) = (isReadOnly, isUnsigned, hasOutput)
        (self.resultWrapper, self.errors, self.checksum) = (resultWrapper, errors, checksum)
    }
}
