import Authorization
import Journal
public import PolicyGeneration
public import Storage
public import World

/// What the server's own journal says that a principal did: each record with the questions its call was decided by, so
/// that nothing has to be guessed from names.
public enum JournalUses {
    /// Reads the whole journal, newest first: seconds for a long one. Not for the threads that serve requests.
    public static func read(
        _ principal: PrincipalFilter, during times: ClosedRange<Instant>, _ snapshot: borrowing Snapshot
    ) throws -> RecordedUses {
        var uses = RecordedUses(of: principal, during: times)
        try Journal.scanBackwards(before: nil, snapshot) { _, entry in
            if entry.account == principal.account, times.contains(entry.time) { try add(entry, to: &uses) }
            return true
        }
        return uses
    }

    private static func add(_ entry: Entry, to uses: inout RecordedUses) throws {
        // A record that an earlier program wrote has no decision, nor has one of which it was too large to keep: both are
        // read as of another account's trail.
        guard entry.hasDecision, !entry.isDecisionTooLarge else { return uses.add(try CloudTrailRecord(entry.record)) }
        guard let decision = entry.decision else { return }
        uses.add(try CloudTrailRecord(entry.record), decidedBy: questions(decision.trace))
    }

    /// Of a call that was refused, only what refused it: it used nothing.
    private static func questions(_ trace: DecisionTrace) -> [RecordedQuestion] {
        let all = trace.questions.map { question in
            RecordedQuestion(
                question.action, on: question.resource, keys: keys(question.keys), isAllowed: question.isAllowed)
        }
        switch trace.form {
        case .signedIn: return []
        case .each: return all
        // What the caller may know of absence was asked of the policies, too; a no refused nothing.
        case .hinted:
            let must = all.dropLast()
            let refused = must.filter { !$0.isAllowed }
            return refused.isEmpty ? Array(must) + all.suffix(1).filter(\.isAllowed) : refused
        case .noted: return all.first.map { [$0] + all.dropFirst().filter(\.isAllowed) } ?? []
        case .asked:
            let refused = all.filter { !$0.isAllowed }
            return refused.isEmpty ? all : refused
        }
    }

    private static func keys(_ given: [DecisionTrace.Key]) -> [ConditionKey: ContextValue] {
        var keys: [ConditionKey: ContextValue] = [:]
        for key in given {
            switch key.value {
            case .one(let text): keys[ConditionKey(key.name)] = .single(text)
            case .many(let texts): keys[ConditionKey(key.name)] = .multiple(texts)
            }
        }
        return keys
    }
}
