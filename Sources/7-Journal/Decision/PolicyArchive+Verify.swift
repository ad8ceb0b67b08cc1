import Crypto
public import Storage
import World

extension PolicyArchive {
    /// What a look at everything kept found.
    public struct Findings: Sendable {
        /// How many sets of policies are kept.
        public internal(set) var sets: Int64 = 0
        /// How many of the descriptions and texts are not what their digests say.
        public internal(set) var damaged = 0
        /// The position of the first record whose policies are not kept; nil where there is none.
        public internal(set) var bereft: Int64?
    }

    /// Compares what is kept with its digests, and looks for the policies of every record.
    public static func verify(_ snapshot: borrowing Snapshot) throws -> Findings {
        var findings = Findings()
        var known: Set<[UInt8]> = []
        try snapshot.scan("SELECT digest, content FROM journal_policy_set") { row in
            known.insert(row.blob(0))
            if SHA256.hash(row.blob(1)) != row.blob(0) { findings.damaged += 1 }
            return true
        }
        try snapshot.scan("SELECT digest, text FROM journal_policy_text") { row in
            if SHA256.hash(row.blob(1)) != row.blob(0) { findings.damaged += 1 }
            return true
        }
        findings.sets = Int64(known.count)
        try Journal.scan(1, Journal.recordCount(snapshot), snapshot) { position, bytes in
            guard findings.bereft == nil, bytes.count > 0, bytes[0] == Entry.versionWithDecision else { return }
            let entry = Entry([UInt8](copying: bytes))
            // It refers to no policies.
            if entry?.isDecisionTooLarge == true { return }
            let decision = entry?.decision
            let digests = [decision?.caller].compactMap { $0 } + (decision?.sides ?? [])
            if decision == nil || !digests.allSatisfy(known.contains) { findings.bereft = position }
        }
        return findings
    }
}
