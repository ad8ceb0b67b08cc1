import Crypto
import Foundation
import KeyEngine
import KeyVault
import PKCS11
import Testing
import World

extension EngineTests {
    /// The root of a data folder: in a file, in a token, and on its way from one to the other.
    @Suite(.enabled(if: SoftToken.isThere)) struct VaultTests {
        private let context = SealContext("a context")

        private func hsm() throws -> RootProtection {
            let soft = try SoftToken.shared.get()
            return .hsm(Token(soft.pkcs11, soft.settings()))
        }

        @Test("a root made in a token opens at the next start, and holds no key in clear")
        func restart() throws {
            let place = try DataPlace()
            let vault = try VaultFolder.open(place.data, protection: hsm()).vault
            let sealed = try vault.seal([7], for: .blobs, context: context)
            let again = try VaultFolder.open(place.data, protection: hsm(), mayCreate: false)
            #expect(try again.vault.unseal(sealed, for: .blobs, context: context) == [7])
            #expect(again.tokenRoot != nil)
            #expect(clear(try vault.derive(.sessionTokens)) == clear(try again.vault.derive(.sessionTokens)))
            #expect(clear(try vault.derive(.sessionTokens)) != clear(try vault.derive(.blobs)))
            #expect(throws: KeyVaultError.notOpened) { try vault.unseal(sealed, for: .passwords, context: context) }
            let text = try String(contentsOfFile: place.data + "/root", encoding: .utf8)
            #expect(text.hasPrefix("gatehouse root 2\nhsm\n"))
            let key = Hexadecimal.string(clear(try vault.derive(.blobs)))
            #expect(!text.contains(key))
        }

        @Test("a folder opens under its own protection alone")
        func protections() throws {
            let (under, beside) = (try DataPlace(), try DataPlace())
            _ = try VaultFolder.open(under.data, protection: hsm())
            _ = try VaultFolder.open(beside.data, protection: .keyFile(path: beside.keyFile))
            let first = #expect(throws: KeyVaultError.self) {
                try VaultFolder.open(under.data, protection: .keyFile(path: under.keyFile))
            }
            #expect(first?.description.contains("held by an HSM, not by a key file") == true)
            let second = #expect(throws: KeyVaultError.self) { try VaultFolder.open(beside.data, protection: hsm()) }
            #expect(second?.description.contains("sealed by a key file, not by an HSM") == true)
        }

        @Test("a changed file of the root opens nothing")
        func tampering() throws {
            let place = try DataPlace()
            _ = try VaultFolder.open(place.data, protection: hsm())
            let path = place.data + "/root"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            // Two keys change places; a digit changes; a line is doubled.
            var swapped = lines
            let (left, right) = (lines[4].split(separator: " "), lines[5].split(separator: " "))
            (swapped[4], swapped[5]) = ("\(left[0]) \(right[1])", "\(right[0]) \(left[1])")
            var digit = lines
            digit[6] = String(lines[6].dropLast()) + (lines[6].hasSuffix("0") ? "1" : "0")
            var doubled = lines
            doubled.insert(lines[4], at: 4)
            for changed in [swapped, digit, doubled] {
                try changed.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                #expect(throws: KeyVaultError.self) { try VaultFolder.open(place.data, protection: hsm()) }
            }
        }

        @Test("a key that the file lost is not made anew, and the list that names it cannot go either")
        func missingKeys() throws {
            let place = try DataPlace()
            let vault = try VaultFolder.open(place.data, protection: hsm()).vault
            let sealed = try vault.seal([7], for: .blobs, context: context)
            let path = place.data + "/root"
            let whole = try String(contentsOfFile: path, encoding: .utf8)
            let lines = whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            func write(_ text: String) throws {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            }
            for index in 4..<lines.count - 1 {
                var fewer = lines
                fewer.remove(at: index)
                try write(fewer.joined(separator: "\n"))
                #expect(throws: KeyVaultError.self, "\(lines[index].prefix(20))") {
                    try VaultFolder.open(place.data, protection: hsm())
                }
                #expect(try String(contentsOfFile: path, encoding: .utf8) == fewer.joined(separator: "\n"))
            }
            try write(lines[..<4].joined(separator: "\n") + "\n")
            #expect(throws: KeyVaultError.self) { try VaultFolder.open(place.data, protection: hsm()) }
            try write(whole)
            let again = try VaultFolder.open(place.data, protection: hsm()).vault
            #expect(try again.unseal(sealed, for: .blobs, context: context) == [7])
        }

        @Test("a root moves from file to token to file, and every key stays the same")
        func rotation() async throws {
            let place = try DataPlace()
            let file = RootProtection.keyFile(path: place.keyFile)
            let vault = try VaultFolder.open(place.data, protection: file).vault
            let sealed = try KeyPurpose.allCases.map { try vault.seal([1], for: $0, context: context) }
            let derived = try KeyPurpose.allCases.map { clear(try vault.derive($0)) }
            let engine = try SoftwareKeyEngine(vault, threads: 1)
            let key = try await engine.generate(.aes256, for: context).key
            let text = try await engine.seal([5], associated: [], with: key)
            let (inToken, other) = (try hsm(), RootProtection.keyFile(path: place.keyFile + "2"))
            for (old, new) in [(file, inToken), (inToken, try hsm()), (inToken, other), (other, file)] {
                #expect(try VaultFolder.rotate(place.data, from: old, to: new) == 2 * KeyPurpose.allCases.count)
                let moved = try VaultFolder.open(place.data, protection: new, mayCreate: false).vault
                for (index, purpose) in KeyPurpose.allCases.enumerated() {
                    #expect(try moved.unseal(sealed[index], for: purpose, context: context) == [1])
                    #expect(clear(try moved.derive(purpose)) == derived[index])
                }
                let after = try SoftwareKeyEngine(moved, threads: 1)
                #expect(try await after.open(text, associated: [], with: key) == [5])
            }
            #expect(throws: KeyVaultError.self) { try VaultFolder.open(place.data, protection: inToken) }
        }

        @Test("a device takes over the keys of the software engine before it, when they are wrapped anew")
        func takenOver() async throws {
            let place = try DataPlace()
            let file = RootProtection.keyFile(path: place.keyFile)
            let former = try SoftwareKeyEngine(
                try VaultFolder.open(place.data, protection: file).vault, threads: 1)
            let key = try await former.generate(.aes256, for: context).key
            let pair = try await former.generate(.pair(.p256), for: context)
            let text = try await former.seal([5], associated: [], with: key)
            let inToken = try hsm()
            _ = try VaultFolder.rotate(place.data, from: file, to: inToken)
            let opened = try VaultFolder.open(place.data, protection: inToken, mayCreate: false)
            let engine = try DeviceKeyEngine(
                try #require(opened.tokenRoot), former: SoftwareKeyEngine(opened.vault, threads: 1))
            #expect(!engine.isCurrent(key))
            #expect(await error { _ = try await engine.open(text, associated: [], with: key) } == .notOurs)
            let moved = try await engine.rewrap(key, for: context)
            #expect(engine.isCurrent(moved))
            #expect(try await engine.open(text, associated: [], with: moved) == [5])
            let signer = try await engine.rewrap(pair.key, for: context)
            let signature = try await engine.sign(.raw([1]), by: .ecdsaSHA256, with: signer)
            #expect(try half(of: pair).verifies(signature, of: .raw([1]), by: .ecdsaSHA256))
            #expect(!former.isCurrent(moved))
            #expect(await error { _ = try await former.open(text, associated: [], with: moved) } == .notOurs)
        }

        @Test("a rotation without the old key changes nothing")
        func refused() throws {
            let place = try DataPlace()
            let file = RootProtection.keyFile(path: place.keyFile)
            _ = try VaultFolder.open(place.data, protection: file)
            let before = try Data(contentsOf: URL(fileURLWithPath: place.data + "/root"))
            #expect(throws: KeyVaultError.self) {
                try VaultFolder.rotate(place.data, from: .passphrase(SecretPassphrase([1])), to: hsm())
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: place.data + "/root")) == before)
        }
    }
}

/// A fresh folder with a data folder inside, removed at the end.
final class DataPlace: Sendable {
    let path: String
    var data: String { path + "/data" }
    var keyFile: String { path + "/gatehouse.key" }

    init() throws {
        path = NSTemporaryDirectory() + "/hsm-vault-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path + "/data", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
