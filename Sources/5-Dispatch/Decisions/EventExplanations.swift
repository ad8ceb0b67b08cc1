public import AWS
import Formats
public import Journal
public import Storage
import World

/// Answers `gatehouse why` for a running server and for a data folder alike.
public final class EventExplanations: Sendable {
    /// How an explanation is asked for.
    public enum Form: String, Sendable {
        case text, json, encoded
    }

    /// An explanation, or why there is none.
    public struct Answer: Sendable {
        /// Nil where there is no such event.
        public let outcome: EventExplanation.Outcome?
        public let text: String

        init(_ outcome: EventExplanation.Outcome?, _ text: String) { (self.outcome, self.text) = (outcome, text) }
    }

    private let store: Store
    private let journal: Journal
    private let messages: AuthorizationMessages
    /// A look through a long journal takes seconds: it holds up no request, and only one is made at a time.
    private let pool = BlockingPool("explanations", threads: 1, limit: 16)

    /// Looks through the records of that journal.
    public init(_ store: Store, _ journal: Journal, _ messages: AuthorizationMessages) {
        (self.store, self.journal, self.messages) = (store, journal, messages)
    }

    /// - Parameter id: of an event or of a request.
    /// - Parameter reader: the account whose records are looked through; nil for those of all accounts.
    public func answer(_ id: String, as form: Form, for reader: AccountID?) async throws -> Answer {
        try await journal.settle()
        return try await pool.run { [self] in
            try store.read { snapshot in
                guard let entry = try Journal.event(id, of: reader, snapshot) else {
                    let whose = reader.map { " of account \($0)" } ?? ""
                    return Answer(nil, "there is no event\(whose) with the id or the request id \(id)")
                }
                let explanation = try EventExplanation(entry, in: snapshot, for: reader)
                switch form {
                case .text: return Answer(explanation.outcome, explanation.lines.joined(separator: "\n"))
                case .json:
                    var json = JSONWriter(reserving: 4096)
                    explanation.write(to: &json)
                    return Answer(explanation.outcome, json.text)
                case .encoded:
                    let message = try explanation.encoded(messages)
                    return Answer(explanation.outcome, message ?? "nothing was denied to a caller who could be told so")
                }
            }
        }
    }
}
