import Crypto
import Foundation
import KeyEngine
import KeyVault
@testable import PKCS11
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

        private func rotate(_ data: String, _ old: RootProtection, _ new: RootProtection, keepsFormer: Bool = true)
            throws -> VaultFolder
        {
            let opened = try VaultFolder.open(data, protection: old, mayCreate: false)
            let rotation = try RootRotation.prepare(
                data, from: opened, by: old, to: new, keepsFormer: keepsFormer, mayCreateKeyFile: true)
            try rotation.write()
            return rotation.next
        }

        private func text(_ place: DataPlace) throws -> String {
            try String(contentsOfFile: place.data + "/root", encoding: .utf8)
        }

        @Test("a root moves from file to token to file; all keys stay the same but the one that keys of KMS hang on")
        func rotation() throws {
            let place = try DataPlace()
            let file = RootProtection.keyFile(path: place.keyFile)
            let vault = try VaultFolder.open(place.data, protection: file).vault
            let sealed = try KeyPurpose.allCases.map { try vault.seal([1], for: $0, context: context) }
            var derived = try KeyPurpose.allCases.map { clear(try vault.derive($0)) }
            let (inToken, other) = (try hsm(), RootProtection.keyFile(path: place.keyFile + "2"))
            for (old, new) in [(file, inToken), (inToken, try hsm()), (inToken, other), (other, file)] {
                let keeps = if case .hsm = old, case .keyFile = new { false } else { true }
                _ = try rotate(place.data, old, new, keepsFormer: keeps)
                let moved = try VaultFolder.open(place.data, protection: new, mayCreate: false)
                #expect(moved.count == 2 * KeyPurpose.allCases.count)
                #expect((moved.former != nil) == keeps)
                #expect(try RootRotation.isUnfinished(place.data) == keeps)
                for (index, purpose) in KeyPurpose.allCases.enumerated() {
                    #expect(try moved.vault.unseal(sealed[index], for: purpose, context: context) == [1])
                    let now = clear(try moved.vault.derive(purpose))
                    #expect((now == derived[index]) == (purpose != .serviceKeys), "\(purpose)")
                    derived[index] = now
                }
                if keeps {
                    // Not another one before the first is at its end.
                    #expect(throws: KeyVaultError.self) { try rotate(place.data, new, file) }
                }
                let finished = try RootRotation.finish(place.data, moved, new)
                if case .token(let id) = moved.former, let root = moved.tokenRoot {
                    // Others may need it: it is destroyed when that is asked for, and the present one never.
                    #expect(moved.former?.name == "gatehouse \(Hexadecimal.string(id))")
                    _ = try TokenRoot(root.token, id: id).probe()
                    #expect(throws: KeyVaultError.self) { try RootRotation.destroy(id, notOf: moved) }
                    #expect(throws: KeyVaultError.self) { try RootRotation.destroy(root.id, notOf: finished) }
                    try RootRotation.destroy(id, notOf: finished)
                    #expect(throws: PKCS11Error.self) { try TokenRoot(root.token, id: id).probe() }
                    #expect(throws: KeyVaultError.self) { try RootRotation.destroy(id, notOf: finished) }
                    _ = try root.probe()
                }
                let kept = try text(place)
                #expect(finished.former == nil && !kept.contains("former/"))
                // Done again, as after a crash, it changes nothing.
                _ = try RootRotation.finish(place.data, finished, new)
                #expect(try text(place) == kept)
            }
            #expect(throws: KeyVaultError.self) { try VaultFolder.open(place.data, protection: inToken) }
        }

        @Test("the line that tells of the former root can be neither taken out nor put in")
        func formerLine() throws {
            let place = try DataPlace()
            let inToken = try hsm()
            _ = try VaultFolder.open(place.data, protection: inToken)
            let first = try text(place)
            _ = try rotate(place.data, inToken, inToken)
            let second = try text(place)
            let line = try #require(second.split(separator: "\n").first { $0.hasPrefix("former/") })
            for changed in [second.replacingOccurrences(of: line + "\n", with: ""), first + line + "\n"] {
                try changed.write(toFile: place.data + "/root", atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place.data + "/root")
                #expect(throws: KeyVaultError.self) { try VaultFolder.open(place.data, protection: inToken) }
            }
        }

        @Test("a device uses the keys of the software engine before it, and takes them over", arguments: [true, false])
        func takenOver(derives: Bool) async throws {
            let place = try DataPlace()
            let file = RootProtection.keyFile(path: place.keyFile)
            let before = try SoftwareKeyEngine(
                try VaultFolder.open(place.data, protection: file).vault, threads: 1)
            let key = try await before.generate(derives ? .textKeys : .aes256, for: context).key
            let pair = try await before.generate(.pair(.p256), for: context)
            let mac = try await before.generate(.hmac(.sha256), for: context).key
            let text = try await before.seal([5], associated: [6], with: key)
            let opened = try rotate(place.data, file, try hsm())
            guard case .software(let former) = opened.former else {
                Issue.record("no former root")
                return
            }
            let engine = try DeviceKeyEngine(try #require(opened.tokenRoot), former: .software(former))
            #expect(engine.hasFormer && !engine.isCurrent(key) && engine.keeps(key.wrapped))
            #expect(try await engine.open(text, associated: [6], with: key) == [5])
            let moved = try await engine.rewrap(key, for: context)
            #expect(engine.isCurrent(moved) && engine.keeps(moved.wrapped))
            #expect(try await engine.isSame(moved, as: key, publicKey: nil))
            let signer = try await engine.rewrap(pair.key, for: context)
            #expect(try await engine.isSame(signer, as: pair.key, publicKey: pair.publicKey))
            let macs = try await engine.rewrap(mac, for: context)
            #expect(try await engine.isSame(macs, as: mac, publicKey: nil))
            // Another key is another key.
            let strangers = try await engine.generate(.pair(.p256), for: context).key
            #expect(try await !engine.isSame(strangers, as: pair.key, publicKey: pair.publicKey))
            let stranger = try await engine.generate(.hmac(.sha256), for: context).key
            #expect(try await !engine.isSame(stranger, as: mac, publicKey: nil))

            engine.forgetFormer()
            #expect(!engine.hasFormer && !engine.keeps(key.wrapped) && engine.keeps(moved.wrapped))
            #expect(await error { _ = try await engine.open(text, associated: [6], with: key) } == .notOurs)
            #expect(try await engine.open(text, associated: [6], with: moved) == [5])
            #expect(!before.keeps(moved.wrapped))
            #expect(await error { _ = try await before.open(text, associated: [6], with: moved) } == .notOurs)
        }

        @Test("keys go from one root of a token to the next while both are used; then the former is gone")
        func withinToken() async throws {
            let place = try DataPlace()
            let inToken = try hsm()
            let first = try VaultFolder.open(place.data, protection: inToken)
            let firstRoot = try #require(first.tokenRoot)
            let engine = try DeviceKeyEngine(firstRoot)
            let key = try await engine.generate(.aes256, for: context).key
            let text = try await engine.seal([5], associated: [], with: key)
            let rotation = try RootRotation.prepare(
                place.data, from: first, by: inToken, to: .hsm(firstRoot.token), keepsFormer: true)
            let ready = try engine.ready(try #require(rotation.next.tokenRoot))
            try rotation.write()
            engine.move(to: ready)
            #expect(engine.hasFormer && !engine.isCurrent(key))
            #expect(try await engine.open(text, associated: [], with: key) == [5])
            let fresh = try await engine.generate(.aes256, for: context).key
            #expect(engine.isCurrent(fresh))
            let moved = try await engine.rewrap(key, for: context)
            #expect(try await engine.isSame(moved, as: key, publicKey: nil))

            // As after a crash: the file tells of both roots.
            let again = try VaultFolder.open(place.data, protection: inToken, mayCreate: false)
            guard case .token(let id) = again.former else {
                Issue.record("no former root")
                return
            }
            #expect(id == firstRoot.id)
            let restarted = try DeviceKeyEngine(try #require(again.tokenRoot), former: .token(id: id))
            #expect(try await restarted.open(text, associated: [], with: key) == [5])
            #expect(try await restarted.open(text, associated: [], with: moved) == [5])

            // Killed between the end of the former root and that of the line that names it.
            try TokenRoot(firstRoot.token, id: id).destroy()
            let late = try DeviceKeyEngine(try #require(again.tokenRoot), former: .token(id: id))
            #expect(try await late.open(text, associated: [], with: moved) == [5])

            restarted.forgetFormer()
            _ = try RootRotation.finish(place.data, again, inToken)
            let last = try DeviceKeyEngine(
                try #require(VaultFolder.open(place.data, protection: inToken, mayCreate: false).tokenRoot))
            #expect(try await last.open(text, associated: [], with: moved) == [5])
            #expect(await error { _ = try await last.open(text, associated: [], with: key) } == .notOurs)
            #expect(throws: PKCS11Error.self) { try TokenRoot(firstRoot.token, id: firstRoot.id).probe() }
        }

        @Test("what a token wrapped in version 2, which names no root, is used and taken over all the same")
        func untagged() async throws {
            let root = try SoftToken.shared.get().root()
            let engine = try DeviceKeyEngine(root)
            let key = try await engine.generate(.aes256, for: context).key
            let text = try await engine.seal([5], associated: [], with: key)
            // Without the root's tag, and authenticated so.
            let inner = Array(key.wrapped.bytes.dropFirst(9).dropLast(32))
            let binding = context.bytes
            let authenticated =
                [key.kind.code] + [0, 0, 0, UInt8(binding.count)] + binding + [2] + inner
            let mac = try root.use { lent, handles throws(PKCS11Error) in
                try lent.session.sign(authenticated, with: handles.mac, .plain(0x251), giving: 32)
            }
            let old = EngineKey(WrappedKey(bytes: [2] + inner + mac), .aes256, for: context)
            #expect(try await engine.open(text, associated: [], with: old) == [5])
            let next = TokenRoot(root.token, id: [UInt8](repeating: 200, count: 16))
            try next.create()
            engine.move(to: try engine.ready(next))
            #expect(try await engine.open(text, associated: [], with: old) == [5])
            let moved = try await engine.rewrap(old, for: context)
            #expect(engine.isCurrent(moved))
            engine.forgetFormer()
            #expect(try await engine.open(text, associated: [], with: moved) == [5])
        }

        @Test("a rotation without the old key changes nothing")
        func refused() throws {
            let place = try DataPlace()
            let file = RootProtection.keyFile(path: place.keyFile)
            _ = try VaultFolder.open(place.data, protection: file)
            let before = try text(place)
            #expect(throws: KeyVaultError.self) {
                try rotate(place.data, .passphrase(SecretPassphrase([1])), hsm())
            }
            #expect(try text(place) == before)
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
