import Foundation
import Storage
import Testing
import World

@Suite struct FolderTests {
    /// A path nothing is at yet, removed at the end.
    final class Path: Sendable {
        let text = NSTemporaryDirectory() + "/folder-" + UUID().uuidString
        deinit { try? FileManager.default.removeItem(atPath: text) }
    }

    @Test("the folder is made for its owner alone; one that others may enter is refused")
    func modes() throws {
        let path = Path()
        try DataFolder.open(path.text).close()
        let mode = try FileManager.default.attributesOfItem(atPath: path.text)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: path.text)
        let error = #expect(throws: StorageError.self) { try DataFolder.open(path.text) }
        #expect(error?.description.contains("chmod 700") == true)
    }

    @Test("of an open folder that is another's, nobody is asked to close it")
    func foreign() throws {
        let path = Path()
        try FileManager.default.createDirectory(
            atPath: path.text, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        try "x".write(toFile: path.text + "/thesis", atomically: true, encoding: .utf8)
        #expect(!DataFolder.isOne(path.text))
        let error = #expect(throws: StorageError.self) { try DataFolder.open(path.text) }
        #expect(error?.description.contains("is no data folder of Gatehouse") == true)
        #expect(error?.description.contains("chmod") == false)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path.text) == ["thesis"])
    }

    @Test("a second server is refused and told who holds the folder; afterwards it may")
    func locking() throws {
        let path = Path()
        let first = try DataFolder.open(path.text)
        let error = #expect(throws: StorageError.self) { try DataFolder.open(path.text) }
        #expect(error?.description.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
        #expect(error == .inUse(folder: path.text, process: "\(ProcessInfo.processInfo.processIdentifier)"))
        first.close()
        try DataFolder.open(path.text).close()
    }

    @Test("a folder of a newer format is refused with both numbers; of no format of ours, too")
    func formats() throws {
        let path = Path()
        try DataFolder.open(path.text).close()
        let stamp = path.text + "/FORMAT"
        try "gatehouse format 7\n".write(toFile: stamp, atomically: true, encoding: .utf8)
        let error = #expect(throws: StorageError.self) { try DataFolder.open(path.text) }
        #expect(error?.description.contains("format 7") == true)
        try "something else\n".write(toFile: stamp, atomically: true, encoding: .utf8)
        #expect(throws: StorageError.self) { try DataFolder.open(path.text) }
    }

    @Test("temporary folders made at once do not take each other for leftovers")
    func manyAtOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<60 {
                        let folder = try DataFolder.temporary()
                        #expect(FileManager.default.fileExists(atPath: folder.path + "/FORMAT"))
                        folder.close()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a temporary folder is gone after its close")
    func temporary() throws {
        let folder = try DataFolder.temporary()
        let store = try Store(in: folder, schema: [Bench.schema], log: Bench.quiet)
        #expect(FileManager.default.fileExists(atPath: folder.path + "/gatehouse.db"))
        store.close()
        folder.close()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("what one store wrote, the next one reads")
    func restart() async throws {
        let path = Path()
        for round in 1...3 {
            let folder = try DataFolder.open(path.text)
            let store = try Store(in: folder, schema: [Bench.schema], log: Bench.quiet)
            let before = try store.read { try $0.value("round") }
            #expect(before == (round == 1 ? nil : Int64(round - 1)))
            try await store.write(.written) { try $0.put("round", Int64(round)) }
            store.close()
            folder.close()
        }
    }
}
