import AWS
import Storage
import Testing
import World

@testable import Journal

/// Defends: a look-up by the index finds exactly what reading the whole journal finds, however much of it is indexed.
struct IndexTests {
    /// Records come, the index is made in pieces and now and then lost, the process ends in the midst of it: after each
    /// step a few questions are asked of the index and of all records.
    @Test(arguments: 1...4) func findsWhatAFullReadingFinds(_ seed: Int) async throws {
        var random = try RandomJournal(UInt64(seed))
        let layout = IndexLayout(recordsPerSheet: Int64(1 + seed % 2))
        let index = JournalIndex(layout)
        let bench = try await JournalBench()
        for _ in 0..<10 {
            try await bench.append(random.events(random.below(200 * Int(layout.recordsPerSheet))))
            try await bench.note(random.events(random.below(200 * Int(layout.recordsPerSheet))))
            try await makeSome(of: index, bench, &random)
            let all = try bench.all()
            for _ in 0..<12 { try compare(bench, all, layout, &random) }
        }
        try await bench.complete(index)
        #expect(try bench.number("SELECT count(*) FROM journal_volume") > 0)
        let all = try bench.all()
        for _ in 0..<12 { try compare(bench, all, layout, &random) }
    }

    private func makeSome(of index: JournalIndex, _ bench: JournalBench, _ random: inout RandomJournal) async throws {
        if random.isOne(of: 8) { try await bench.store.write { try index.clear(in: &$0) } }
        for _ in 0..<random.below(50) {
            for addition in try bench.next(index) {
                // The process ends between the look and the transaction, or between two transactions.
                if random.isOne(of: 40) { return try await bench.reopen() }
                try await bench.add(addition, to: index)
                // Done twice is done once.
                if random.isOne(of: 6) { try await bench.add(addition, to: index) }
            }
        }
        #expect(try bench.store.read { try index.verify($0) } == nil)
        #expect(try bench.store.read { try index.isWhole($0) })
    }

    private func compare(
        _ bench: JournalBench, _ all: [(position: Int64, entry: Entry)], _ layout: IndexLayout,
        _ random: inout RandomJournal
    ) throws {
        let (search, admits) = random.question()
        let before: Int64? = random.isOne(of: 3) ? Int64(random.below(all.count + 2)) : nil
        let limit = random.isOne(of: 3) ? 1 + random.below(20) : Int.max
        let expected = all.lazy.filter { $0.position < before ?? .max && admits($0.entry) }.map(\.position)
        #expect(try bench.find(search, before: before, limit: limit, layout) == Array(expected.prefix(limit)))
    }

    @Test func recordsThatAreNoneAreSkipped() async throws {
        // A row of another version is no reason to fail: it is passed over, in the index as in the scan.
        var random = try RandomJournal(77)
        let layout = IndexLayout(recordsPerSheet: 1)
        let (index, bench) = (JournalIndex(layout), try await JournalBench())
        let journal = bench.journal
        for _ in 0..<20 {
            try await bench.append(random.events(2))
            try await bench.store.write { try journal.append([9, 9, 9], nil, in: &$0) }
        }
        try await bench.complete(index)
        let all = try bench.all()
        #expect(all.count == 40)
        for _ in 0..<50 { try compare(bench, all, layout, &random) }
    }

    @Test func positionsThatNeverWereAreHarmless() async throws {
        // A page token is the client's: any number may be in it.
        var random = try RandomJournal(5)
        let (index, bench) = (JournalIndex(), try await JournalBench())
        let search = JournalSearch(
            eventsOf: try #require(AccountID("111122223333")), in: .usEast1, from: Instant(milliseconds: .min),
            through: Instant(milliseconds: .max), with: nil)
        #expect(try bench.find(search, .standard).isEmpty)
        try await bench.append(random.events(1100))
        try await bench.complete(index)
        for position in [Int64.min, -1, 0, 1] {
            #expect(try bench.find(search, before: position, .standard).isEmpty)
        }
        #expect(try bench.find(search, before: .max, .standard) == bench.find(search, .standard))
    }

    @Test func whatWasMadeBeforeAResetIsNotAdded() async throws {
        // Positions begin anew with a reset: an index of the records before it would hide those after it.
        var random = try RandomJournal(3)
        let layout = IndexLayout(recordsPerSheet: 1)
        let (index, bench) = (JournalIndex(layout), try await JournalBench())
        try await bench.append(random.events(16))
        let addition = try #require(try bench.next(index).first)
        try await bench.store.reset { _ in }
        try await bench.append(random.events(16))
        try await bench.add(addition, to: index)
        #expect(try bench.number("SELECT count(*) FROM journal_chapter") == 0)
        let all = try bench.all()
        for _ in 0..<50 { try compare(bench, all, layout, &random) }
    }

    @Test func aLostPartIsNoticed() async throws {
        var random = try RandomJournal(4)
        let layout = IndexLayout(recordsPerSheet: 1)
        let (index, bench) = (JournalIndex(layout), try await JournalBench())
        try await bench.append(random.events(2200))
        try await bench.complete(index)
        #expect(try bench.number("SELECT count(*) FROM journal_volume") == 2)
        #expect(try bench.number("SELECT count(*) FROM journal_chapter") == 2200 / 16 - 128)
        let all = try bench.all()
        try await bench.store.write { try $0.run("DELETE FROM journal_volume WHERE volume = 0") }
        #expect(try !bench.store.read { try index.isWhole($0) })
        for _ in 0..<50 { try compare(bench, all, layout, &random) }
    }

    @Test func aChangedIndexIsNoticed() async throws {
        // Who takes a record out of the index hides it from look-ups without touching the hash chain.
        var random = try RandomJournal(6)
        let index = JournalIndex(IndexLayout(recordsPerSheet: 1))
        let bench = try await JournalBench()
        try await bench.append(random.events(1300))
        try await bench.complete(index)
        #expect(try bench.store.read { try index.verify($0) } == nil)
        let changes: [(StaticString, Int64)] = [
            ("UPDATE journal_chapter SET keys = substr(keys, 5) WHERE chapter = 66", 66 * 16 + 1),
            ("UPDATE journal_chapter SET latest = latest - 1 WHERE chapter = 65", 65 * 16 + 1),
            ("UPDATE journal_volume_slice SET keys = substr(keys, 5) WHERE id = 77", 1),
        ]
        for (change, position) in changes {
            try await bench.store.write { try $0.run(change) }
            #expect(try bench.store.read { try index.verify($0) } == position)
        }
    }

    @Test func theEdgesOfATimeBelongToIt() async throws {
        var random = try RandomJournal(8)
        let layout = IndexLayout(recordsPerSheet: 1)
        let (index, bench) = (JournalIndex(layout), try await JournalBench())
        try await bench.append(random.events(1200))
        try await bench.complete(index)
        for (position, entry) in try bench.all() where entry.category == .management && position % 7 == 0 {
            let search = JournalSearch(
                eventsOf: try #require(AccountID(entry.account)), in: try #require(Region(entry.region)),
                from: entry.time,
                through: entry.time, with: (.eventID, entry.id))
            #expect(try bench.find(search, layout) == [position])
        }
    }

    @Test func fieldsLieWhereTheEntryHasThem() async throws {
        var random = try RandomJournal(9)
        for event in random.events(200) {
            let bytes = Entry.pack(event)
            let entry = try #require(Entry(bytes))
            let found = EntryFields(bytes.span)
            let fields = try #require(found)
            func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
            #expect((fields.time, fields.isReadOnly, fields.category) == (entry.time, entry.isReadOnly, entry.category))
            #expect([fields.account, fields.region, fields.id].map(text) == [entry.account, entry.region, entry.id])
            #expect(
                [fields.name, fields.source, fields.user, fields.accessKeyID].map(text)
                    == [entry.name, entry.source, entry.user, entry.accessKeyID])
            var subjects: [Event.Subject] = []
            fields.forEachSubject(bytes.span) { type, name in
                subjects.append(Event.Subject(type: text(type), name: text(name)))
                return true
            }
            #expect(subjects == entry.subjects)
            let head = entry.recordStart
            for count in 0..<head {
                let cut = Array(bytes[..<count])
                let isRead = EntryFields(cut.span) != nil
                #expect(!isRead, "\(count) bytes")
            }
        }
    }
}
