/// Leave to act, given by the gate after the policies allowed it, on exactly the target that was asked about.
///
/// It cannot be made outside this module, copied or kept. Handlers see no other target.
public struct Permit<Target>: ~Copyable {
    public let target: Target
    public let facts: RequestFacts
    private let decided: Decided
    private let gate: Gate

    /// For `Access.each`: which of the questions were allowed, and for the others the message of the refusal. For
    /// `Access.noted`: the same of the questions behind the first.
    public var verdicts: [Verdict] { decided.each }
    /// For `Access.hinted`: the answer to the hint. Nil where none was asked.
    public var hint: Verdict? { decided.hint }

    /// Other services, in the caller's name. Only where there is no transaction: a call waits.
    public var calls: Calls { Calls(gate, facts) }

    init(_ target: Target, _ facts: RequestFacts, _ decided: Decided, _ gate: Gate) {
        (self.target, self.facts, self.decided, self.gate) = (target, facts, decided, gate)
    }
}

/// The answer to one question that does not decide the whole call.
public enum Verdict: Sendable {
    case allowed
    case denied(message: String)
}

/// What the policies said where they did not refuse the call.
struct Decided: Sendable {
    var each: [Verdict] = []
    var hint: Verdict?
}
