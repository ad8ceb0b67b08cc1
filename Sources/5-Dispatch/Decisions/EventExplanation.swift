public import AWS
public import Authorization
public import Formats
public import Journal
public import Storage
import World

/// Why a recorded call was allowed or denied, as `gatehouse why` tells it.
public struct EventExplanation: Sendable {
    /// What became of the call, as far as policies go.
    public enum Outcome: String, Sendable {
        case allowed, denied
        /// It failed before the policies were asked.
        case undecided
    }

    private let entry: Entry
    private let call: RecordedCall
    private let decision: PastDecision?
    /// The account of who reads this; nil for the house's own operator, who may read everything.
    private let reader: AccountID?

    /// - Parameter reader: the account whose caller asks, which is told nothing of the policies of other accounts'
    ///   resources; nil tells everything.
    /// - Throws: `PastDecision.Gap`.
    public init(_ entry: Entry, in snapshot: borrowing Snapshot, for reader: AccountID?) throws {
        guard let call = RecordedCall(entry.record) else { throw PastDecision.Gap.record }
        (self.entry, self.call, self.reader) = (entry, call, reader)
        decision = try PastDecision(entry, in: snapshot)
    }

    /// Denied where anything was refused, be it one of many objects.
    public var outcome: Outcome {
        guard let decision else { return .undecided }
        return decision.isDenied ? .denied : .allowed
    }

    /// What a denied caller could have been sent for `sts:DecodeAuthorizationMessage`; nil unless something was denied to
    /// a caller of some account.
    public func encoded(_ messages: AuthorizationMessages) throws -> String? {
        guard let denied = decision?.questions.first(where: { $0.outcome != .allowed && !$0.isHint }),
            let account = denied.question.subject.account
        else { return nil }
        return try messages.encode(denied.explanation, for: account)
    }

    private func hidesResourceSide(_ asked: PastDecision.Asked) -> Bool {
        reader != nil && asked.question.resourceAccount != reader
    }

    /// For a terminal, without line ends.
    public var lines: [String] {
        var lines = [
            "\(entry.name) of \(entry.source) at \(entry.time.iso8601), event \(entry.id), from \(call.sourceAddress)",
            "",
        ]
        guard let decision else { return lines + ["The policies were not asked. " + failure] }
        if decision.form == .signedIn {
            lines.append("Allowed: a good signature is enough for it, whatever policies say")
        }
        for (index, asked) in decision.questions.enumerated() {
            if index > 0 { lines.append("") }
            if decision.questions.count > 1 { lines.append("Question \(index + 1) of \(decision.questions.count)") }
            if asked.isHint { lines.append("It only decided how much the caller is told, and refused nothing.") }
            lines += ExplanationText(asked.explanation, hidesResourceSide: hidesResourceSide(asked)).lines
            if !asked.isAsThen { lines.append("It was decided otherwise then: \(asked.outcome), by \(asked.layer)") }
        }
        if !decision.isDenied, call.errorCode != nil { lines += ["", "The policies let it pass. " + failure] }
        return lines
    }

    private var failure: String {
        guard let code = call.errorCode else { return "The call succeeded." }
        return "The call failed for another reason: \(code): \(call.errorMessage ?? "")"
    }

    /// One object: the event, the outcome, and each question with its explanation.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("outcome", outcome.rawValue)
        json.key("event")
        json.beginObject()
        json.member("eventId", entry.id)
        json.member("requestId", call.requestID)
        json.member("eventTime", entry.time.iso8601)
        json.member("eventSource", entry.source)
        json.member("eventName", entry.name)
        json.member("account", entry.account)
        if let code = call.errorCode { json.member("errorCode", code) }
        if let message = call.errorMessage { json.member("errorMessage", message) }
        json.endObject()
        if let decision { json.member("form", "\(decision.form)") }
        json.key("questions")
        json.beginArray()
        for asked in decision?.questions ?? [] {
            json.beginObject()
            json.key("refuses")
            json.bool(!asked.isHint)
            json.member("recordedDecision", asked.outcome.rawValue)
            json.member("recordedLayer", asked.layer.rawValue)
            json.key("explanation")
            asked.explanation.write(to: &json, hidesResourceSide: hidesResourceSide(asked))
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

extension PastDecision.Asked {
    /// Decided again, with what is said for it.
    public var explanation: Explanation { explain(question, under: policies, in: context) }

    /// Whether this program decides as the record says.
    public var isAsThen: Bool {
        let decision = decide(question, under: policies, in: context)
        return decision.outcome == outcome && decision.layer == layer
    }
}
