import AccessAnalyzerAPI
import Smithy

/// Access Analyzer's refusals of input that its model does not refuse.
enum Invalid {
    static func field(_ message: String) -> AccessAnalyzer.ValidationException {
        .init(message: message, fields: [.init("reason", "fieldValidationFailed")])
    }

    static func notSupported(_ message: String) -> AccessAnalyzer.ValidationException {
        .init(message: message, fields: [.init("reason", "notSupported")])
    }

    static func notFound(_ id: String, _ type: String, _ message: String) -> AccessAnalyzer.ResourceNotFoundException {
        .init(message: message, fields: [.init("resourceId", id), .init("resourceType", type)])
    }

    static func conflict(_ id: String, _ type: String, _ message: String) -> AccessAnalyzer.ConflictException {
        .init(message: message, fields: [.init("resourceId", id), .init("resourceType", type)])
    }

    static func quota(_ id: String, _ type: String, _ message: String) -> AccessAnalyzer.ServiceQuotaExceededException {
        .init(message: message, fields: [.init("resourceId", id), .init("resourceType", type)])
    }
}
