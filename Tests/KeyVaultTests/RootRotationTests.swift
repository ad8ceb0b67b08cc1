import Foundation
import KeyVault
import Testing

/// Defends that a change of the root trusts the disk of the moment, and nothing that was read before.
@Suite struct RootRotationTests {
    private let place: Place
    private var folder: String { place.data }
    private var keyFile: String { place.keyFile }
    private var protection: RootProtection { .keyFile(path: keyFile) }
    private var root: String { folder + "/root" }

    init() throws { place = try Place() }

    private func open() throws -> VaultFolder { try VaultFolder.open(folder, protection: protection) }

    private func prepare(
        _ opened: VaultFolder, to new: RootProtection? = nil, mayCreateKeyFile: Bool = false
    ) throws -> RootRotation {
        try RootRotation.prepare(
            folder, from: opened, by: protection, to: new ?? protection, keepsFormer: true,
            mayCreateKeyFile: mayCreateKeyFile)
    }

    private func write(_ text: Data, to path: String) throws {
        try text.write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test("a key file that went away or is another one stops the change, and none is made in its place")
    func keyFileOfTheMoment() throws {
        let opened = try open()
        let (before, key) = (try bytes(root), try bytes(keyFile))
        try FileManager.default.removeItem(atPath: keyFile)
        #expect(throws: KeyVaultError.self) { try prepare(opened) }
        #expect(!FileManager.default.fileExists(atPath: keyFile))
        try write(Data(String(repeating: "ab", count: 32).utf8), to: keyFile)
        #expect(throws: KeyVaultError.self) { try prepare(opened) }
        try write(key, to: keyFile)
        // A new key file is made where that was said, and nowhere else.
        let other = RootProtection.keyFile(path: keyFile + "2")
        #expect(throws: KeyVaultError.self) { try prepare(opened, to: other) }
        #expect(!FileManager.default.fileExists(atPath: keyFile + "2"))
        #expect(try bytes(root) == before)
        try prepare(opened, to: other, mayCreateKeyFile: true).write()
        _ = try VaultFolder.open(folder, protection: other, mayCreate: false)
    }

    @Test("a file root that is another one than was opened is neither followed by a new root nor written")
    func rootOfTheMoment() throws {
        let first = try open()
        let before = try bytes(root)
        let rotation = try prepare(first)
        try rotation.write()
        let between = try bytes(root)
        // Who still has the folder as it was does not begin another change.
        #expect(throws: KeyVaultError.self) { try prepare(first) }
        // The old file is back: its key is not to go.
        try write(before, to: root)
        #expect(throws: KeyVaultError.self) { try RootRotation.finish(folder, rotation.next, protection) }
        #expect(try bytes(root) == before)
        // A line is lost.
        let lines = String(decoding: between, as: UTF8.self).split(separator: "\n")
        let fewer = Data((lines.filter { !$0.hasPrefix("derive/blobs") }.joined(separator: "\n") + "\n").utf8)
        #expect(fewer.count < between.count)
        try write(fewer, to: root)
        #expect(throws: KeyVaultError.self) { try RootRotation.finish(folder, rotation.next, protection) }
        #expect(try bytes(root) == fewer)
        try FileManager.default.removeItem(atPath: root)
        #expect(throws: KeyVaultError.self) { try RootRotation.finish(folder, rotation.next, protection) }
        try write(between, to: root)
        let finished = try RootRotation.finish(folder, rotation.next, protection)
        #expect(finished.former == nil && finished.count == first.count)
        #expect(try !RootRotation.isUnfinished(folder) && open().count == first.count)
        // And on to the next one.
        #expect(throws: KeyVaultError.self) { try prepare(rotation.next) }
        _ = try prepare(finished)
    }
}
