/// Leave to act, given by the gate after the policies allowed it, on exactly the target that was asked about.
///
/// It cannot be made outside this module, copied or kept. Handlers see no other target.
package struct Permit<Target>: ~Copyable {
    package let target: Target
    package let facts: RequestFacts
    /// For `Access.each`: which of the questions were allowed, and for the others the message of the refusal.
    package let verdicts: [Verdict]

    package enum Verdict: Sendable {
        case allowed
        case denied(message: String)
    }

    init(_ target: Target, _ facts: RequestFacts, verdicts: [Verdict] = []) {
        (self.target, self.facts, self.verdicts) = (target, facts, verdicts)
    }
}
