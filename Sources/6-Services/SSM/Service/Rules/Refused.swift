import SSMAPI

/// Parameter Store's errors in its words.
/// - Source: Systems Manager API Reference, the errors of each operation, and its answers.
enum Refused {
    /// Parameter Store says no more than that.
    static let notFound = SSM.ParameterNotFound(message: "")

    static func invalid(_ message: String) -> SSM.ValidationException { SSM.ValidationException(message: message) }

    static func versionNotFound(_ version: String, _ name: String) -> SSM.ParameterVersionNotFound {
        SSM.ParameterVersionNotFound(
            message: "Systems Manager could not find version \(version) of \(name). Verify the version and try again.")
    }
}
