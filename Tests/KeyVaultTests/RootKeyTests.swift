import Foundation
import KeyVault
import Testing

@Suite struct RootKeyTests {
    private func open(_ place: Place, _ protection: RootProtection? = nil, mayCreate: Bool = true) throws
        -> any KeyVault
    {
        try VaultFolder.open(
            place.data, protection: protection ?? .keyFile(path: place.keyFile), mayCreate: mayCreate
        ).vault
    }

    private func passphrase(_ text: String) -> RootProtection { .passphrase(SecretPassphrase(Array(text.utf8))) }

    @Test("the root made at the first start opens what it sealed at the next")
    func restart() throws {
        let place = try Place()
        let sealed = try open(place).seal([7], for: .blobs, context: SealContext())
        #expect(try open(place, mayCreate: false).unseal(sealed, for: .blobs, context: SealContext()) == [7])
        let mode = try FileManager.default.attributesOfItem(atPath: place.keyFile)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("a passphrase opens the root it sealed, and no other does")
    func passphrases() throws {
        let place = try Place()
        let sealed = try open(place, passphrase("correct horse battery")).seal([7], for: .blobs, context: SealContext())
        let vault = try open(place, passphrase("correct horse battery"))
        #expect(try vault.unseal(sealed, for: .blobs, context: SealContext()) == [7])
        let error = #expect(throws: KeyVaultError.self) { try open(place, passphrase("another horse battery")) }
        #expect(error?.description.contains("does not open with this passphrase") == true)
        #expect(error?.description.contains("horse") == false)
        #expect(throws: KeyVaultError.self) { try open(place) }
    }

    @Test("a new root is not sealed by a short passphrase, nor by none; nothing is made")
    func shortPassphrases() throws {
        let place = try Place()
        for text in ["", "abc", "fourteen bytes"] {
            let error = #expect(throws: KeyVaultError.self) { try open(place, passphrase(text)) }
            #expect(error?.description.contains("15 bytes or more") == true)
            #expect(!FileManager.default.fileExists(atPath: place.data + "/root"))
        }
    }

    @Test("a passphrase is taken from a file that others cannot read, outside the data folder")
    func passphraseFiles() throws {
        let place = try Place()
        func write(_ text: String, _ path: String, mode: Int = 0o600) throws {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        func refusal(_ path: String) -> String {
            let error = #expect(throws: KeyVaultError.self) { try SecretPassphrase(file: path, dataFolder: place.data) }
            return error?.description ?? ""
        }
        let (file, inside) = (place.keyFile + ".pass", place.data + "/pass")
        defer { try? FileManager.default.removeItem(atPath: file) }
        try write("correct horse battery\n", file)
        #expect(try SecretPassphrase(file: file, dataFolder: place.data).isLongEnough)
        try write("\ncorrect horse battery\n", file)
        #expect(try !SecretPassphrase(file: file, dataFolder: place.data).isLongEnough)
        try write("correct horse battery\n", file, mode: 0o644)
        #expect(refusal(file).contains("can be read by others"))
        try write("", file)
        #expect(refusal(file).contains("is empty"))
        try write("correct horse battery\n", inside)
        #expect(refusal(inside).contains("inside the data folder"))
        #expect(refusal(place.keyFile + ".none").contains("is missing"))
    }

    @Test("another key file is told, and changes nothing")
    func wrongKeyFile() throws {
        let place = try Place()
        let other = try Place()
        _ = try open(place)
        _ = try open(other)
        let error = #expect(throws: KeyVaultError.self) { try open(place, .keyFile(path: other.keyFile)) }
        #expect(error?.description.contains("does not open with this key file") == true)
        _ = try open(place)
    }

    @Test("a missing key file is never replaced by a new one")
    func missingKeyFile() throws {
        let place = try Place()
        _ = try open(place)
        try FileManager.default.removeItem(atPath: place.keyFile)
        #expect(throws: KeyVaultError.self) { try open(place) }
        #expect(!FileManager.default.fileExists(atPath: place.keyFile))
    }

    @Test("a missing root is not made anew over existing data")
    func missingRoot() throws {
        let place = try Place()
        _ = try open(place)
        try FileManager.default.removeItem(atPath: place.data + "/root")
        #expect(throws: KeyVaultError.self) { try open(place, mayCreate: false) }
    }

    @Test("a key file inside the data folder is refused, also by way of a link")
    func keyInside() throws {
        let place = try Place()
        #expect(throws: KeyVaultError.self) { try open(place, .keyFile(path: place.data + "/key")) }
        #expect(throws: KeyVaultError.self) { try open(place, .keyFile(path: place.path + "/./data/../data/key")) }
        let link = place.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: place.data)
        #expect(throws: KeyVaultError.self) { try open(place, .keyFile(path: link + "/key")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.data).isEmpty)
    }

    @Test("a key file that others can read is refused", arguments: [0o640, 0o604, 0o660])
    func openKeyFile(mode: Int) throws {
        let place = try Place()
        _ = try open(place)
        try place.setMode(mode, of: place.keyFile)
        let error = #expect(throws: KeyVaultError.self) { try open(place) }
        #expect(error?.description.contains("chmod 600") == true)
    }

    @Test("a damaged root file is refused, whichever byte it is")
    func damagedRoot() throws {
        let place = try Place()
        _ = try open(place)
        let path = place.data + "/root"
        let text = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in text.indices {
            var changed = text
            changed[index] ^= 1
            try changed.write(to: URL(fileURLWithPath: path))
            try place.setMode(0o600, of: path)
            #expect(throws: KeyVaultError.self) { try open(place) }
        }
        try text.write(to: URL(fileURLWithPath: path))
        try place.setMode(0o600, of: path)
        _ = try open(place)
    }
}
