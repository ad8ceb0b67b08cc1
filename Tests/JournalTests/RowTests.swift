import AWS
import Crypto
import Storage
import Testing
import World

@testable import Journal

/// Defends: records that share a row are read as if each had one of its own.
struct RowTests {
    @Test func readsAndChangesKeepTheirOrderAndTheirPositions() async throws {
        var random = try RandomJournal(3)
        let bench = try await JournalBench()
        var ids: [String] = []
        for _ in 0..<8 {
            let (reads, changes) = (random.events(random.below(200)), random.events(random.below(3)))
            try await bench.note(reads)
            try await bench.append(changes)
            ids += (reads + changes).map(\.id)
        }
        let all = try bench.all()
        #expect(all.map(\.entry.id) == ids.reversed())
        #expect(all.map(\.position) == (1...Int64(ids.count)).reversed())
        #expect(try bench.store.read { try Journal.recordCount($0) } == Int64(ids.count))
        #expect(try bench.number("SELECT count(*) FROM journal") < Int64(ids.count / 4))
        #expect(try bench.store.read { try Journal.verify($0) } == nil)
        for (position, _) in all {
            var before: [Int64] = []
            try bench.store.read { snapshot in
                try Journal.scanBackwards(before: position, snapshot) { found, _ in
                    before.append(found)
                    return before.count < 2
                }
            }
            #expect(before == [position - 1, position - 2].filter { $0 > 0 })
        }
    }

    @Test func aRowThatWasChangedShows() async throws {
        var random = try RandomJournal(4)
        let bench = try await JournalBench()
        try await bench.note(random.events(100))
        let rows = try bench.store.read { snapshot in
            try snapshot.rows("SELECT position, entry FROM journal") { ($0.int(0), $0.blob(1)) }
        }
        #expect(rows.count > 1)
        for (position, bytes) in rows {
            for at in [1, bytes.count / 2, bytes.count - 1] {
                var damaged = bytes
                damaged[at] ^= 1
                try await bench.set(position, damaged)
                #expect(try bench.store.read { try Journal.verify($0) } != nil)
                // Read without harm.
                _ = try bench.all()
            }
            try await bench.set(position, bytes)
        }
        #expect(try bench.store.read { try Journal.verify($0) } == nil)
    }

    @Test func whatIsLeftInTheSpoolIsGatheredAtTheNextStart() throws {
        // As after a crash: nothing was moved.
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        var random = try RandomJournal(6)
        let spool = try Spool(in: folder, moved: 0)
        let entries = random.events(60).map(Entry.pack)
        for entry in entries { #expect(spool.put(entry.span.bytes) != nil) }
        var rows = RowGatherer()
        for record in try Spool(in: folder, moved: 0).recovered { rows.add(record.bytes.span) }
        let taken = rows.take()
        let row = try #require(taken)
        #expect(row.count == 60)
        #expect(JournalRow.entries(row.bytes.span).map { Array(row.bytes[$0]) } == entries)
    }

    @Test func rowsOfOneAreTheEntryItself() throws {
        let entry: [UInt8] = [Entry.version, 7, 7]
        var rows = RowGatherer()
        rows.add(entry.span)
        let taken = rows.take()
        let row = try #require(taken)
        #expect(row.bytes == entry && row.count == 1)
        #expect(JournalRow.entries(entry.span) == [0..<3])
        #expect(JournalRow.entries([UInt8]().span) == [0..<0])
    }

    @Test func lengthsThatDoNotFitLeaveOneEntryOfWhatIsLeft() {
        let mark = JournalRow.mark
        #expect(JournalRow.entries([mark, 0, 0, 0, 1, 5, 0, 0, 0, 9, 5].span) == [5..<6, 6..<11])
        #expect(JournalRow.entries([mark, 0, 0, 0, 1, 5, 0, 0].span) == [5..<6, 6..<8])
        #expect(JournalRow.entries([mark, 255, 255, 255, 255].span) == [1..<5])
    }
}

extension JournalBench {
    func set(_ position: Int64, _ row: [UInt8]) async throws {
        try await store.write {
            try $0.run("UPDATE journal SET entry = ? WHERE position = ?", .blob(row), .int(position))
        }
    }
}
