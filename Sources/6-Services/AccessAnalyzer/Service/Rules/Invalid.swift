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
}
