import Foundation
import Testing
import World

@testable import Blobs

@Suite struct FullDiskTests {
    @Test("each content without room is counted, and one line a minute tells of them")
    func lines() {
        let (clock, lines) = (ManualClock(Instant(seconds: 1_767_323_045)), Lock<[String]>([]))
        let log = Log(clock: clock) { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        let disk = FullDisk(log, clock)
        for _ in 0..<3 { disk.note() }
        #expect(lines.withLock { $0.count } == 1)
        clock.advance(by: .seconds(59))
        disk.note()
        #expect(lines.withLock { $0.count } == 1)
        clock.advance(by: .seconds(1))
        disk.note()
        #expect(disk.count == 5)
        let told = lines.withLock { $0 }
        #expect(told.count == 2 && told[0].contains("\"refused\":\"1\"") && told[1].contains("\"refused\":\"4\""))
        #expect(told.allSatisfy { $0.contains("\"level\":\"error\"") && $0.contains("no room") })
    }

    @Test("a content that finds no room is told, one in its reference needs none")
    func writers() async throws {
        let count = Lock(0)
        var options = Yard.small
        options.hasRoom = { false }
        options.onFull = { count.withLock { $0 += 1 } }
        let yard = try Yard(options)
        _ = try await yard.write([1, 2])
        #expect(count.withLock { $0 } == 0)
        await #expect(throws: BlobError.full) { try await yard.write([UInt8](repeating: 1, count: 100)) }
        #expect(count.withLock { $0 } == 1)
    }
}
