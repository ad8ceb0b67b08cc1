import Crypto
import World

/// The text of the file `root`: four lines, of which the first three are authenticated.
///
///     gatehouse root 1 | gatehouse root 2
///     keyfile | argon2id 65536 3 1 | hsm
///     <salt, or the id of the keys in the HSM; hexadecimal>
///     <nonce, sealed root key, tag; hexadecimal> | -
///
/// In the first form every key is derived from the root. In the second, which a rotation of the root and an HSM make, keys
/// stand below, each sealed by the root: a word for its use, and nonce, sealed key and tag.
struct RootFile {
    enum Method: Equatable {
        case hsm
        case keyFile
        case passphrase(Argon2id.Parameters)

        /// What new roots are sealed with: for a passphrase 64 MiB, three passes, one lane.
        init(_ protection: RootProtection) {
            switch protection {
            case .hsm: self = .hsm
            case .keyFile: self = .keyFile
            case .passphrase: self = .passphrase(Argon2id.Parameters(memory: 65_536, passes: 3, lanes: 1))
            }
        }

        var text: String {
            switch self {
            case .hsm: "hsm"
            case .keyFile: "keyfile"
            case .passphrase(let parameters): "argon2id \(parameters.memory) \(parameters.passes) \(parameters.lanes)"
            }
        }

        init?(parsing text: Substring) {
            let words = text.split(separator: " ")
            if words == ["hsm"] {
                self = .hsm
                return
            }
            if words == ["keyfile"] {
                self = .keyFile
                return
            }
            // Bounded, so that a damaged file cannot ask for all memory.
            guard words.count == 4, words[0] == "argon2id", let memory = UInt32(words[1]),
                let passes = UInt32(words[2]),
                let lanes = UInt32(words[3]), (8...4_194_304).contains(memory), (1...64).contains(passes),
                (1...16).contains(lanes)
            else { return nil }
            self = .passphrase(Argon2id.Parameters(memory: memory, passes: passes, lanes: lanes))
        }
    }

    var version = 1
    let method: Method
    let salt: [UInt8]
    var sealed: [UInt8]
    /// The keys of the second form, by their use.
    var keys: [String: [UInt8]] = [:]

    /// The authenticated lines.
    var header: [UInt8] { Array("gatehouse root \(version)\n\(method.text)\n\(Hexadecimal.string(salt))\n".utf8) }

    var text: [UInt8] {
        let first = header + Array("\(sealed.isEmpty ? "-" : Hexadecimal.string(sealed))\n".utf8)
        return keys.keys.sorted().reduce(first) { text, use in
            text + Array("\(use) \(Hexadecimal.string(keys[use] ?? []))\n".utf8)
        }
    }
}

extension RootFile {
    init(parsing bytes: [UInt8], _ path: String) throws(KeyVaultError) {
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard let version = ["gatehouse root 1": 1, "gatehouse root 2": 2][lines[0]] else {
            throw .rootFile("\(path) is not a root key file this program knows; a newer Gatehouse may have written it.")
        }
        let damaged = KeyVaultError.rootFile("The root key file \(path) is damaged. Restore it from a backup.")
        let sealedByteCount = AESGCM.nonceByteCount + SoftwareKeyVault.rootByteCount + AESGCM.tagByteCount
        guard lines.count >= 5, lines.removeLast().isEmpty, let method = Method(parsing: lines[1]),
            let salt = Hexadecimal.decode(lines[2].utf8), salt.count == 16, version == 2 || lines.count == 4
        else { throw damaged }
        self.init(version: version, method: method, salt: salt, sealed: [])
        if method == .hsm {
            guard version == 2, lines[3] == "-" else { throw damaged }
        } else {
            guard let sealed = Hexadecimal.decode(lines[3].utf8), sealed.count == sealedByteCount else { throw damaged }
            self.sealed = sealed
        }
        for line in lines[4...] {
            let words = line.split(separator: " ")
            guard words.count == 2, let key = Hexadecimal.decode(words[1].utf8), key.count == sealedByteCount,
                keys.updateValue(key, forKey: String(words[0])) == nil
            else { throw damaged }
        }
    }
}
