import Foundation
import Testing
import World

@testable import Storage

@Suite struct ReserveTests {
    @Test("the reserve is given back only when the disk has no room, and laid up again when it has")
    func life() throws {
        let path = FolderTests.Path()
        let folder = try DataFolder.open(path.text)
        let room = Lock<Int64>(1 << 20)
        let reserve = DiskReserve(in: folder, bytes: 4096) { room.withLock { $0 } }
        let file = path.text + "/reserve"
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int == 4096)
        #expect(!reserve.release())
        room.withLock { $0 = 100 }
        #expect(reserve.release())
        #expect(reserve.isScarce)
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(!reserve.layUp())
        #expect(!reserve.release())
        room.withLock { $0 = 8192 }
        #expect(reserve.layUp())
        #expect(!reserve.isScarce)
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test("a folder in memory lays up nothing")
    func temporary() throws {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        let reserve = DiskReserve(in: folder, bytes: 4096)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/reserve"))
        #expect(!reserve.release())
    }
}
