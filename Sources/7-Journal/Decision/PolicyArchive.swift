public import Storage
import Synchronization
import World

/// The policies that decisions stood on, for as long as there are records of those decisions, which is always.
///
/// They are stored with the first record that refers to them, in its transaction, or, for a record that goes into the
/// spool, in one before it. Whoever finds a record therefore finds its policies.
public final class PolicyArchive: Sendable {
    /// Raised when everything was removed, so that nothing is taken for stored that was stored before.
    private let generation = Atomic<UInt64>(1)
    /// Digests of what is stored, for policies that were read anew and found to be what they were: every change of an
    /// identity makes that of all policies.
    private let known = Lock(Known(generation: 1))
    private static let capacity = 50_000

    private struct Known {
        var generation: UInt64
        var digests: Set<[UInt8]> = []
    }

    /// What the open transaction did, in force when it is committed. Of the writer's thread.
    private struct Pending {
        var stored: [KeptPolicies] = []
        /// Everything was removed. Until the commit, who reads still finds what was there.
        var isEmptied = false
    }

    private let pending = Lock(Pending())

    init(_ store: Store) {
        store.onCommit { [weak self] _ in self?.commit() }
        store.onRewind { [weak self] snapshot in try self?.rewind(snapshot) }
    }

    /// The journal schema's third step.
    static let tables = Migration(
        3,
        """
        CREATE TABLE journal_policy_text (digest BLOB PRIMARY KEY, text BLOB NOT NULL) STRICT;
        CREATE TABLE journal_policy_set (digest BLOB PRIMARY KEY, content BLOB NOT NULL) STRICT;
        """)

    /// Whether a record of the decision may be written without more ado.
    func has(_ decision: TracedDecision) -> Bool {
        let generation = generation.load(ordering: .acquiring)
        if let caller = decision.caller, !has(caller, generation) { return false }
        for index in decision.sides.indices where !has(decision.sides[index], generation) { return false }
        return true
    }

    private func has(_ policies: KeptPolicies, _ generation: UInt64) -> Bool {
        if policies.isStored(in: generation) { return true }
        let isKnown = known.withLock { $0.generation == generation && $0.digests.contains(policies.digest) }
        if isKnown { policies.noteStored(in: generation) }
        return isKnown
    }

    /// As `has`, and asks the tables for what no call since the start referred to: a write for each caller's first call
    /// would cost more than the call, and end every reader's snapshot.
    func finds(_ decision: TracedDecision, in store: Store) throws -> Bool {
        let generation = generation.load(ordering: .acquiring)
        let missing = ([decision.caller].compactMap { $0 } + decision.sides).filter { !has($0, generation) }
        guard !missing.isEmpty else { return true }
        return try store.read { snapshot in
            for policies in missing {
                guard
                    try snapshot.exists(
                        "SELECT 1 FROM journal_policy_set WHERE digest = ?", .blob(policies.digest))
                else { return false }
                note(policies, generation)
            }
            return true
        }
    }

    /// What was found before everything was removed is not known of what is there now.
    private func note(_ policies: KeptPolicies, _ generation: UInt64) {
        let isCurrent = known.withLock { known in
            if generation < known.generation { return false }
            if known.generation != generation || known.digests.count >= PolicyArchive.capacity {
                known = Known(generation: generation)
            }
            known.digests.insert(policies.digest)
            return true
        }
        if isCurrent { policies.noteStored(in: generation) }
    }

    /// Stores what is not there yet.
    func keep(_ decision: TracedDecision, in transaction: inout Transaction) throws {
        if let caller = decision.caller { try keep(caller, in: &transaction) }
        for side in decision.sides { try keep(side, in: &transaction) }
    }

    private func keep(_ policies: KeptPolicies, in transaction: inout Transaction) throws {
        // After a reset others find, until the commit, what is gone already.
        let isEmptied = pending.withLock { $0.isEmptied }
        if !isEmptied, has(policies, generation.load(ordering: .acquiring)) { return }
        for text in policies.texts {
            try transaction.run(
                "INSERT INTO journal_policy_text (digest, text) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
                .blob(text.digest), .blob(text.text))
        }
        try transaction.run(
            "INSERT INTO journal_policy_set (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
            .blob(policies.digest), .blob(policies.content))
        pending.withLock { $0.stored.append(policies) }
    }

    private func commit() {
        let done = pending.withLock { pending in
            defer { pending = Pending() }
            return pending
        }
        // Once more: whoever looked since the reset, and before its commit, saw what was there before.
        if done.isEmptied { generation.add(1, ordering: .acquiringAndReleasing) }
        let generation = generation.load(ordering: .acquiring)
        for policies in done.stored { note(policies, generation) }
    }

    /// What other items of the same commit stored is forgotten too, and asked for again.
    private func rewind(_ snapshot: borrowing Snapshot) throws {
        pending.withLock { $0.stored.removeAll() }
        if try !snapshot.exists("SELECT 1 FROM journal_policy_set LIMIT 1") {
            generation.add(1, ordering: .acquiringAndReleasing)
            pending.withLock { $0.isEmptied = true }
        }
    }

    /// The description under a digest; nil where there is none.
    public static func content(_ digest: [UInt8], _ snapshot: borrowing Snapshot) throws -> [UInt8]? {
        try snapshot.first("SELECT content FROM journal_policy_set WHERE digest = ?", .blob(digest)) { $0.blob(0) }
    }

    /// The policy document under a digest; nil where there is none.
    public static func text(_ digest: [UInt8], _ snapshot: borrowing Snapshot) throws -> [UInt8]? {
        try snapshot.first("SELECT text FROM journal_policy_text WHERE digest = ?", .blob(digest)) { $0.blob(0) }
    }
}
