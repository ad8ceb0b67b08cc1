import AWS
import Storage
import Testing
import World

@testable import Journal

/// Defends: what the policies said comes back as it was recorded, beside an unchanged record, and no record of a decision is
/// there without the policies that it stood on.
struct DecisionTests {
    private func account(_ text: String = "111122223333") throws -> AccountID { try #require(AccountID(text)) }

    private func policies(_ seed: UInt8) -> KeptPolicies {
        let text = KeptPolicies.Text([seed, 1, 2, 3])
        return KeptPolicies([seed] + text.digest, [text])
    }

    private func event(_ decision: TracedDecision?, id: String = "id") throws -> Event {
        Event(
            id: id, time: Instant(seconds: 1_767_323_045), account: try account(), region: .usEast1,
            source: "iam.amazonaws.com", name: "GetUser", isReadOnly: true, category: .management,
            identity: EventIdentity(principal: .root(try account()), accessKeyID: "AKIAEXAMPLE", session: nil),
            sourceAddress: "198.51.100.7", userAgent: "agent", requestID: "request-" + id,
            subjects: [Event.Subject(type: "AWS::IAM::User", name: "alice")], decision: decision)
    }

    private func question(
        _ action: String, owner: String = "111122223333", side: Int? = nil, keys: [DecisionTrace.Key] = [],
        lists: AccessListSide? = nil
    )
        throws -> DecisionTrace.Question
    {
        DecisionTrace.Question(
            action: action, resource: "arn:aws:iam::111122223333:user/alice", owner: try account(owner), side: side,
            isTrust: side != nil, restrictsPublicAccess: side == nil, outcome: 2, layer: 4, keys: keys, lists: lists)
    }

    private func lists(_ isFull: Bool) throws -> AccessListSide {
        let grants = [
            AccessListSide.Grant(grantee: 0, account: nil, permission: 4),
            AccessListSide.Grant(grantee: 4, account: try account("444455556666"), permission: 0),
        ]
        return AccessListSide(
            ownership: 2, objectOwner: isFull ? try account("444455556666") : nil, isObjectAnonymous: !isFull,
            objectExists: isFull, ignoresPublicLists: isFull, begun: isFull ? 2 : 1, bucket: isFull ? grants : [],
            object: grants)
    }

    private func decision(caller: KeptPolicies?, sides: [KeptPolicies]) throws -> TracedDecision {
        let keys = [
            DecisionTrace.Key("aws:sourceip", .one("198.51.100.7")),
            DecisionTrace.Key("aws:tagkeys", .many(["a", "é"])),
        ]
        let questions = [
            try question("iam:GetUser"), try question("iam:GetUsers"), try question("am:GetUser"),
            try question("s3:GetObject", lists: try lists(true)), try question("s3:GetObject", lists: try lists(false)),
            try question("iam:GetUsex", owner: "444455556666", side: sides.isEmpty ? nil : 0, keys: keys),
        ]
        return TracedDecision(DecisionTrace(.hinted, questions, keys: keys), caller: caller, sides: sides)
    }

    @Test func comesBackAsItWas() throws {
        // Every form of a question, and the record as if there were no decision.
        let (caller, side) = (policies(1), policies(2))
        for form in [try decision(caller: caller, sides: [side]), try decision(caller: nil, sides: [])] {
            let entry = try #require(Entry(Entry.pack(event(form))))
            let recorded = try #require(entry.decision)
            #expect(recorded.trace == form.trace)
            #expect(recorded.caller == form.caller?.digest)
            #expect(recorded.sides == form.sides.map(\.digest))
            #expect(entry.record == (try event(nil)).record())
            #expect(entry.subjects.map(\.name) == ["alice"])
        }
        #expect(try #require(Entry(Entry.pack(event(nil)))).decision == nil)
    }

    @Test func damagedBlocksAreNotReadAsSomethingElse() throws {
        // Cut short anywhere, the entry or its decision is refused; with any byte changed nothing crashes.
        let bytes = Entry.pack(try event(decision(caller: policies(1), sides: [policies(2)])))
        let whole = try #require(Entry(bytes))
        for length in 0..<bytes.count - 1 {
            guard let entry = Entry(Array(bytes.prefix(length))) else { continue }
            #expect(entry.decision == whole.decision && entry.record != whole.record)
        }
        for at in bytes.indices {
            var changed = bytes
            changed[at] ^= 0x5A
            _ = Entry(changed)?.decision
        }
    }

    private func asked(_ keys: [DecisionTrace.Key], _ kmsKey: KMSKeySide? = nil) throws -> [DecisionTrace.Question] {
        [
            DecisionTrace.Question(
                action: "kms:Encrypt", resource: "*", owner: try account(), side: nil, isTrust: false,
                restrictsPublicAccess: false, outcome: 0, layer: 0, keys: keys, kmsKey: kmsKey)
        ]
    }

    /// Decisions with a list of that length in each place that has one.
    private func long(_ count: Int) throws -> [[DecisionTrace.Question]] {
        let texts = (0..<count).map { "\($0)" }
        let pairs = Dictionary(uniqueKeysWithValues: texts.map { ($0, "") })
        func grant(
            _ operations: [String], _ subset: [String: String]?, _ equals: [String: String]?
        ) -> KMSKeySide.Grant {
            KMSKeySide.Grant(
                grantee: "g", operations: operations, retiringPrincipal: nil, contextSubset: subset,
                contextEquals: equals, issuingAccount: nil)
        }
        func key(_ grants: [KMSKeySide.Grant], _ context: [String: String] = [:]) -> KMSKeySide {
            KMSKeySide(isAWSManaged: false, grants: grants, context: context)
        }
        return [
            try asked([DecisionTrace.Key("aws:TagKeys", .many(texts))]),
            try asked(texts.map { DecisionTrace.Key($0, .one("")) }),
            try asked([], key([], pairs)),
            try asked([], key(Array(repeating: grant([], nil, nil), count: count))),
            try asked([], key([grant(texts, nil, nil)])),
            try asked([], key([grant([], pairs, nil)])), try asked([], key([grant([], nil, pairs)])),
            Array(repeating: try asked([])[0], count: count),
        ]
    }

    private func recorded(_ questions: [DecisionTrace.Question]) throws -> (trace: DecisionTrace, entry: Entry) {
        let trace = DecisionTrace(.asked, questions, keys: [])
        let event = try event(TracedDecision(trace, caller: nil, sides: []))
        return (trace, try #require(Entry(Entry.pack(event))))
    }

    @Test func theLongestListsComeBack() throws {
        for questions in try long(DecisionRoom.longestList) {
            let (trace, entry) = try recorded(questions)
            #expect(entry.decision?.trace == trace && !entry.isDecisionTooLarge)
        }
    }

    @Test func whatIsTooLargeCostsTheDecisionAlone() async throws {
        // Longer lists, one of them as long as the mark for none; a text and all texts that are too long.
        var cases = try long(DecisionRoom.longestList + 1)
        cases += try long(DecisionRoom.longestList + 5_000)
        let text = String(repeating: "x", count: 65_536)
        cases.append(try asked([DecisionTrace.Key("a", .one(text))]))
        let full = Array(repeating: String(text.dropLast()), count: DecisionRoom.bytes / 65_535 + 1)
        cases.append(try asked([DecisionTrace.Key("a", .many(full))]))
        for questions in cases {
            let entry = try recorded(questions).entry
            #expect(entry.hasDecision && entry.isDecisionTooLarge && entry.decision == nil)
            #expect(entry.record == (try event(nil)).record())
        }
        let bench = try await JournalBench()
        try await bench.append([
            try event(TracedDecision(DecisionTrace(.asked, cases[0], keys: []), caller: nil, sides: []))
        ])
        let findings = try bench.store.read { try PolicyArchive.verify($0) }
        #expect((findings.damaged, findings.bereft) == (0, nil))
        #expect(try #require(Entry(Entry.pack(event(nil)))).isDecisionTooLarge == false)
    }

    @Test func entriesWithDecisionsAreIndexedAndFound() async throws {
        // By their attributes as ever, and by the ids of event and request.
        let bench = try await JournalBench()
        let traced = try decision(caller: policies(1), sides: [])
        try await bench.append([
            try event(traced, id: "one"), try event(nil, id: "two"), try event(traced, id: "three"),
        ])
        let search = JournalSearch(
            eventsOf: try account(), in: .usEast1, from: Instant(milliseconds: .min),
            through: Instant(milliseconds: .max),
            with: (name: .resourceName, value: "alice"))
        #expect(try bench.find(search, before: nil, limit: .max, IndexLayout(recordsPerSheet: 1)).count == 3)
        func found(_ id: String, _ owner: AccountID? = nil) throws -> String? {
            try bench.store.read { snapshot in try Journal.event(id, of: owner, snapshot)?.id }
        }
        #expect(try found("two") == "two")
        #expect(try found("request-one", account()) == "one")
        #expect(try found("request-one", account("444455556666")) == nil)
        #expect(try found("request") == nil)
        #expect(try found("") == nil)
    }

    @Test func noRecordIsThereWithoutItsPolicies() async throws {
        // Reads wait until they are stored; a change that fails takes them back; after a reset they are stored anew.
        let bench = try await JournalBench()
        let (caller, side) = (policies(1), policies(2))
        let traced = try decision(caller: caller, sides: [side])
        #expect(!bench.journal.note(try event(traced)))
        struct Undone: Error {}
        let journal = bench.journal
        let undone = try event(traced)
        await #expect(throws: Undone.self) {
            try await bench.store.write { transaction in
                try journal.append(undone, in: &transaction)
                throw Undone()
            }
        }
        #expect(try kept(bench) == 0)
        #expect(!bench.journal.note(try event(traced)))
        try await bench.journal.record(event(traced), .written)
        #expect(try kept(bench) == 2)
        #expect(bench.journal.note(try event(traced)))
        // The same policies, read anew, are known by their digest; others are not.
        #expect(bench.journal.note(try event(decision(caller: policies(1), sides: []))))
        #expect(!bench.journal.note(try event(decision(caller: policies(3), sides: []))))
        #expect(try kept(bench) == 2)
        let content = try bench.store.read { snapshot in try PolicyArchive.content(caller.digest, snapshot) }
        #expect(content == caller.content)
        let texts = try bench.store.read { snapshot in
            try [side.texts[0].digest, [1]].map { try PolicyArchive.text($0, snapshot) }
        }
        #expect(texts == [[2, 1, 2, 3], nil])
        try await bench.journal.settle()
        try await bench.store.reset { _ in }
        #expect(!bench.journal.note(try event(traced)))
        try await bench.journal.record(event(traced), .written)
        #expect(try kept(bench) == 2)
    }

    @Test func aLaterProcessKnowsWhatIsStored() async throws {
        // A journal that has written nothing takes a read at once if its policies are in the tables, and only then.
        let bench = try await JournalBench()
        try await bench.journal.record(event(decision(caller: policies(1), sides: [policies(2)])), .written)
        let later = PolicyArchive(bench.store)
        let stored = try decision(caller: policies(1), sides: [policies(2)])
        #expect(!later.has(stored))
        #expect(try later.finds(stored, in: bench.store))
        #expect(later.has(stored))
        #expect(try !later.finds(decision(caller: policies(1), sides: [policies(3)]), in: bench.store))
        try await bench.store.reset { _ in }
        #expect(!later.has(stored))
        #expect(try !later.finds(stored, in: bench.store))
    }

    @Test("what waited when everything was emptied does not come back")
    func restart() async throws {
        let bench = try await JournalBench()
        let (journal, store) = (bench.journal, bench.store)
        let traced = try decision(caller: policies(1), sides: [policies(2)])
        try await journal.record(event(traced), .written)
        #expect(journal.note(try event(traced)))
        // In one commit with a move, as the mover may be in it: nothing is dropped from the spool before the commit.
        async let move: Void = journal.settle()
        async let empty: Void = store.reset { transaction in try journal.restart(in: &transaction) }
        _ = try await (move, empty)
        try await journal.settle()
        let left = try bench.store.read { snapshot in try Journal.recordCount(snapshot) }
        #expect(left <= 1)
        #expect(journal.note(try event(traced)) == false)
        try await bench.store.reset { transaction in try journal.restart(in: &transaction) }
        try await journal.record(event(traced), .written)
        #expect(journal.note(try event(traced)))
        try await bench.store.reset { transaction in try journal.restart(in: &transaction) }
        try await journal.settle()
        #expect(try bench.store.read { snapshot in try Journal.recordCount(snapshot) } == 0)
    }

    @Test func whoLooksDuringAResetKnowsNothingAfterIt() async throws {
        // Its commit is not made yet: the tables still show what is gone already, in the generation that follows.
        let bench = try await JournalBench()
        try await bench.journal.record(event(decision(caller: policies(1), sides: [policies(2)])), .written)
        let later = PolicyArchive(bench.store)
        let (stored, store) = (try decision(caller: policies(1), sides: [policies(2)]), bench.store)
        let found = Lock(false)
        try await store.reset { _ in
            let thread = WorkerThread("reader") {
                let isFound = (try? later.finds(stored, in: store)) ?? false
                found.withLock { $0 = isFound }
            }
            thread.join()
        }
        #expect(found.withLock { $0 })
        #expect(!later.has(stored))
        #expect(try !later.finds(stored, in: store))
    }

    @Test func whatAResetWritesIsKeptWhoeverLooks() async throws {
        // A record after the reset, in its own transaction, stores its policies although somebody just found the old ones.
        let bench = try await JournalBench()
        let journal = bench.journal
        let (first, stored) = (try event(nil), try decision(caller: policies(1), sides: []))
        let again = try event(stored)
        try await journal.record(again, .written)
        try await bench.store.reset { transaction in
            let thread = WorkerThread("reader") { _ = journal.note(again) }
            thread.join()
            try journal.append(again, in: &transaction)
            try journal.append(first, in: &transaction)
        }
        #expect(try kept(bench) == 1)
        #expect(try bench.store.read { try PolicyArchive.verify($0) }.bereft == nil)
    }

    @Test func whatWasChangedFromOutsideShows() async throws {
        // A text, a description, and a set that is gone: each is told apart from what is whole.
        let bench = try await JournalBench()
        try await bench.append([try event(decision(caller: policies(1), sides: [policies(2)]))])
        var findings = try bench.store.read { try PolicyArchive.verify($0) }
        #expect((findings.sets, findings.damaged, findings.bereft) == (2, 0, nil))
        try await bench.store.write { try $0.run("UPDATE journal_policy_text SET text = x'00' WHERE rowid = 1") }
        findings = try bench.store.read { try PolicyArchive.verify($0) }
        #expect((findings.damaged, findings.bereft) == (1, nil))
        try await bench.store.write { try $0.run("UPDATE journal_policy_set SET content = x'00'") }
        findings = try bench.store.read { try PolicyArchive.verify($0) }
        #expect((findings.damaged, findings.bereft) == (3, nil))
        try await bench.store.write { try $0.run("DELETE FROM journal_policy_set WHERE rowid = 1") }
        findings = try bench.store.read { try PolicyArchive.verify($0) }
        #expect((findings.sets, findings.bereft) == (1, 1))
    }

    private func kept(_ bench: JournalBench) throws -> Int64 {
        try bench.store.read { try $0.number("SELECT count(*) FROM journal_policy_set") }
    }
}
