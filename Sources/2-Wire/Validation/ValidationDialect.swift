import Smithy

/// How a service words what does not fit its model.
struct ValidationDialect {
    let service: ServiceModel
    let wireProtocol: ServiceModel.WireProtocol

    /// The error for violated constraints; `violations` is not empty.
    /// - Parameter schema: of the input, where it has members outside the body. - Parameter inXMLBody: whether the body was read
    ///   when reading ended.
    func error(_ violations: [Violation], _ schema: Schema? = nil, inXMLBody: Bool = false) -> WireError {
        let message = service.name == "iam" ? IAMWording.message(violations) : ValidationDialect.message(violations)
        switch wireProtocol {
        case .query, .ec2: return WireError("ValidationError", message)
        case .json, .restJSON:
            return WireError(
                ValidationDialect.code(service.name, violations) ?? "ValidationException", message,
                fields: reason("fieldValidationFailed"))
        case .restXML:
            let outside = violations.first { violation in
                schema?.members.contains { $0.location != .body && $0.lowerName == violation.path } ?? false
            }
            if inXMLBody, outside == nil { return .malformedXML }
            guard let first = outside ?? violations.first else { return WireError("InvalidRequest", message) }
            if service.name == "s3", let error = ValidationDialect.s3(first) { return error }
            if first.value == nil { return WireError("MissingRequestBodyError", "Request Body is empty") }
            return WireError(
                "InvalidArgument", message,
                fields: [ErrorField("ArgumentName", first.path), ErrorField("ArgumentValue", first.value ?? "")])
        }
    }

    /// The error for what could not be read at all.
    func error(_ error: ShapeError, inXMLBody: Bool = false) -> WireError {
        switch wireProtocol {
        case .query, .ec2:
            return switch error {
            case .malformed(let reason): WireError("InvalidParameterValue", reason)
            case .tooLarge(let reason): WireError("InvalidParameterValue", reason)
            case .unknownMember(let name):
                WireError("InvalidQueryParameter", "The parameter \(name) is not recognized.")
            }
        case .json, .restJSON:
            return switch error {
            case .malformed(let reason), .tooLarge(let reason), .unknownMember(let reason):
                WireError("SerializationException", reason)
            }
        case .restXML:
            guard !inXMLBody else { return .malformedXML }
            return switch error {
            case .malformed(let reason), .tooLarge(let reason), .unknownMember(let reason):
                WireError("InvalidArgument", reason)
            }
        }
    }

    /// Access Analyzer's validation errors have a reason, one of a few words.
    private func reason(_ word: String) -> [ErrorField] {
        service.name == "accessanalyzer" ? [ErrorField("reason", word)] : []
    }

    /// `2 validation errors detected: …; …`
    static func message(_ violations: [Violation]) -> String {
        let noun =
            violations.count == 1 ? "1 validation error detected: " : "\(violations.count) validation errors detected: "
        return noun + violations.map(\.text).joined(separator: "; ")
    }

    /// Errors of their own that S3 has for words it does not know.
    /// - Source: S3 API Reference, "Error responses", `InvalidStorageClass`; of the size, `InvalidRequest` is what its
    ///   lifecycles answer otherwise.
    private static func s3(_ violation: Violation) -> WireError? {
        guard let value = violation.value, violation.constraint.hasPrefix(Violation.enumeration) else { return nil }
        switch violation.path {
        case "storageClass":
            return WireError(
                "InvalidStorageClass", "The storage class you specified is not valid",
                fields: [ErrorField("StorageClassRequested", value)])
        case "transitionDefaultMinimumObjectSize":
            return WireError("InvalidRequest", "Invalid TransitionDefaultMinimumObjectSize found: \(value)")
        default: return nil
        }
    }

    /// Errors of their own that some services have for one member.
    private static func code(_ service: String, _ violations: [Violation]) -> String? {
        guard service == "cloudtrail", let path = violations.first?.path else { return nil }
        if path == "maxResults" { return "InvalidMaxResultsException" }
        if path.hasPrefix("lookupAttributes") { return "InvalidLookupAttributesException" }
        return path == "eventCategory" ? "InvalidEventCategoryException" : nil
    }
}

extension WireError {
    static let malformedXML = WireError(
        "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")

    /// An access control list of S3 that cannot be read.
    static let malformedACL = WireError(
        "MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema"
    )
}
