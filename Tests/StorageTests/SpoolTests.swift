import Storage
import Testing
import World

/// Defends: what was put into the spool is there after the process ended, exactly once and in order.
@Suite struct SpoolTests {
    @Test func recordsComeBackInOrderAndOnce() throws {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        do {
            let spool = try Spool(in: folder, moved: 0)
            for number in 0..<100 { #expect(spool.put([UInt8](repeating: UInt8(number), count: number))) }
            #expect(spool.records(after: 0).count == 100)
            #expect(spool.records(after: 40).first?.number == 41)
            spool.drop(through: 40)
            #expect(spool.records(after: 40).map(\.number) == Array(41...100))
        }
        // As after a crash: nobody said goodbye. Numbers up to 40 were moved.
        let again = try Spool(in: folder, moved: 40)
        #expect(again.recovered.map(\.number) == Array(41...100))
        #expect(
            again.recovered.allSatisfy {
                $0.bytes == [UInt8](repeating: UInt8($0.number - 1), count: Int($0.number - 1))
            })
        #expect(again.put([1, 2, 3]))
        #expect(again.records(after: 100).first?.number == 101)
    }

    /// Defends: a full ring refuses instead of overwriting, and goes on once records are dropped, across its end.
    @Test func aFullRingRefusesAndGoesOn() throws {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        let spool = try Spool(in: folder, moved: 0)
        let record = [UInt8](repeating: 7, count: 60_000)
        var count: Int64 = 0
        while spool.put(record) { count += 1 }
        #expect(count > 60 && count < 70)
        #expect(spool.records(after: 0).count == Int(count))
        // Two dropped records always make room for one more, even where the ring's end is skipped.
        for round in 0..<100 {
            spool.drop(through: Int64(round) * 2 + 2)
            let fits = spool.put(record)
            #expect(fits)
            count += 1
            if spool.put(record) { count += 1 }
        }
        let waiting = spool.records(after: 200)
        let isWhole = waiting.allSatisfy { $0.bytes == record }
        #expect(isWhole)
        #expect(waiting.map(\.number) == Array(201...count))
        let takesTooMuch = spool.put([UInt8](repeating: 0, count: Spool.ringBytes))
        #expect(!takesTooMuch)
    }

    /// Defends: a ring that was filled to its very last byte begins anew; nothing is written past its end.
    @Test func theRingBeginsAnewAtItsExactEnd() throws {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        let spool = try Spool(in: folder, moved: 0)
        // With its head of 24 bytes a record takes 4,096: a whole number of them fills the ring.
        let record = [UInt8](repeating: 5, count: 4072)
        for number in 1...Int64(Spool.ringBytes / 4096 * 3) {
            #expect(spool.put(record))
            #expect(spool.records(after: number - 1).map(\.bytes) == [record])
            spool.drop(through: number)
        }
    }

    /// Defends: a record that was torn by the end of the process is not taken for a whole one.
    @Test func aChangedRecordEndsTheRecovery() throws {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        do {
            let spool = try Spool(in: folder, moved: 0)
            for _ in 0..<3 { #expect(spool.put([UInt8](repeating: 9, count: 64))) }
        }
        try FileBytes.change(folder.path + "/spool", at: 4096 + 88 + 40)
        #expect(try Spool(in: folder, moved: 0).recovered.map(\.number) == [1])
    }

    /// Defends: bytes that a caller brought are no record, though they are one of another ring.
    @Test func aRecordWithinARecordIsNone() throws {
        let (folder, other) = (try DataFolder.temporary(), try DataFolder.temporary())
        defer {
            folder.close()
            other.close()
        }
        do {
            let spool = try Spool(in: other, moved: 1)
            #expect(spool.put([UInt8](repeating: 1, count: 64)))
        }
        let forged = try FileBytes.read(other.path + "/spool", at: 4096, count: 88)
        do {
            let spool = try Spool(in: folder, moved: 0)
            #expect(spool.put(forged))
        }
        #expect(try Spool(in: folder, moved: 0).recovered.map(\.bytes) == [forged])
    }

    /// Defends: what the former version left in its ring is found.
    @Test func theFormerRingIsRead() throws {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        _ = try Spool(in: folder, moved: 0)
        // Length 3, checksum, number 1, and "abc", as the former version wrote them.
        let record: [UInt8] = [3, 0, 0, 0] + [0xA3, 0x4D, 0xE6, 0x88] + [1, 0, 0, 0, 0, 0, 0, 0] + Array("abc".utf8)
        try FileBytes.write(folder.path + "/spool", at: 0, Array("GSPOOL01".utf8))
        try FileBytes.write(folder.path + "/spool", at: 4096, record)
        let spool = try Spool(in: folder, moved: 0)
        #expect(spool.recovered.map(\.bytes) == [Array("abc".utf8)])
        #expect(spool.put([1]))
        #expect(try Spool(in: folder, moved: 1).recovered.map(\.bytes) == [[1]])
    }
}

extension Spool {
    fileprivate func records(after number: Int64) -> [(number: Int64, bytes: [UInt8])] {
        var records: [(number: Int64, bytes: [UInt8])] = []
        forEach(after: number) { records.append(($0, [UInt8](copying: $1))) }
        return records
    }

    /// Whether there was room.
    fileprivate func put(_ bytes: [UInt8]) -> Bool { put(bytes.span.bytes) != nil }
}
