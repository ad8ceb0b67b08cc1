public import AWS
import Authorization
public import Smithy

/// The policies, or the lack of them, refused the call. Each protocol prints it with its own code.
public struct AccessDenied: ServiceError, Equatable {
    public let message: String
    /// What was refused; nil where it was no policy that refused.
    let question: DeniedQuestion?

    /// A refusal in these words.
    public init(_ message: String) { (self.message, question) = (message, nil) }

    /// A refusal by policies.
    init(_ message: String, about question: DeniedQuestion) { (self.message, self.question) = (message, question) }

    /// As the Query and REST-XML services name it.
    public var code: String { "AccessDenied" }
    public var httpStatus: Int { 403 }

    /// Whether policies refused this action, and not another that the same call needs.
    public func refuses(_ action: Action) -> Bool {
        question.map { $0.question.action == ActionName(action.description) } ?? false
    }

    /// By what the client is told.
    public static func == (left: AccessDenied, right: AccessDenied) -> Bool { left.message == right.message }

    /// What a caller without a signature is told.
    public static let anonymous = AccessDenied("Access Denied")
}

/// A question that was denied, with all that it was decided by: for protocols that tell more than a message.
final class DeniedQuestion: Sendable {
    let question: Question
    let policies: PolicySet
    let context: RequestContext

    init(_ question: Question, _ policies: PolicySet, _ context: RequestContext) {
        (self.question, self.policies, self.context) = (question, policies, context)
    }
}
