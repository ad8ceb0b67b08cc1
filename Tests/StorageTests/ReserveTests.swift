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
        #expect(reserve.watch() == nil)
        #expect(!reserve.release())
        room.withLock { $0 = 8192 }
        #expect(reserve.watch() == .ended)
        #expect(!reserve.isScarce)
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test("a process that ended without room begins without, and what is left is kept for deletions")
    func restarts() throws {
        let path = FolderTests.Path()
        let folder = try DataFolder.open(path.text)
        let room = Lock<Int64>(100)
        let reserve = DiskReserve(in: folder, bytes: 4096) { room.withLock { $0 } }
        #expect(reserve.isScarce && reserve.isMissing)
        room.withLock { $0 = 5000 }
        #expect(reserve.watch() == nil && reserve.isScarce)
        room.withLock { $0 = 8192 }
        #expect(reserve.watch() == .ended && !reserve.isMissing)
        // Room for ordinary writes, but not for the file: it is scarce before there is none.
        let tight = FolderTests.Path()
        let other = try DataFolder.open(tight.text)
        room.withLock { $0 = 5000 }
        let second = DiskReserve(in: other, bytes: 4096) { room.withLock { $0 } }
        #expect(!second.isScarce && second.isMissing)
        room.withLock { $0 = 4000 }
        #expect(second.watch() == .began && second.isScarce)
    }

    @Test("a file that a crash left empty is no reserve")
    func emptyFile() throws {
        let path = FolderTests.Path()
        let folder = try DataFolder.open(path.text)
        try Data().write(to: URL(fileURLWithPath: path.text + "/reserve"))
        let reserve = DiskReserve(in: folder, bytes: 4096) { 1 << 20 }
        #expect(!reserve.isMissing)
        #expect(try FileManager.default.attributesOfItem(atPath: path.text + "/reserve")[.size] as? Int == 4096)
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
