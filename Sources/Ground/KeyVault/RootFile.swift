import Crypto
import World

/// The text of the file `root`: four lines, of which the first three are authenticated.
///
///     gatehouse root 1
///     keyfile | argon2id 65536 3 1
///     <salt, hexadecimal>
///     <nonce, sealed root key, tag; hexadecimal>
struct RootFile {
    enum Method: Equatable {
        case keyFile
        case passphrase(Argon2id.Parameters)

        /// What new roots are sealed with: for a passphrase 64 MiB, three passes, one lane.
        init(_ protection: RootProtection) {
            switch protection {
            case .keyFile: self = .keyFile
            case .passphrase: self = .passphrase(Argon2id.Parameters(memory: 65_536, passes: 3, lanes: 1))
            }
        }

        var text: String {
            switch self {
            case .keyFile: "keyfile"
            case .passphrase(let parameters): "argon2id \(parameters.memory) \(parameters.passes) \(parameters.lanes)"
            }
        }

        init?(parsing text: Substring) {
            let words = text.split(separator: " ")
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

    let method: Method
    let salt: [UInt8]
    var sealed: [UInt8]

    /// The authenticated lines.
    var header: [UInt8] { Array("gatehouse root 1\n\(method.text)\n\(Hexadecimal.string(salt))\n".utf8) }

    var text: [UInt8] { header + Array("\(Hexadecimal.string(sealed))\n".utf8) }
}

extension RootFile {
    init(parsing bytes: [UInt8], _ path: String) throws(KeyVaultError) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == "gatehouse root 1" else {
            throw .rootFile("\(path) is not a root key file this program knows; a newer Gatehouse may have written it.")
        }
        let sealedByteCount = AESGCM.nonceByteCount + SoftwareKeyVault.rootByteCount + AESGCM.tagByteCount
        guard lines.count == 5, lines[4].isEmpty, let method = Method(parsing: lines[1]),
            let salt = Hexadecimal.decode(lines[2].utf8), salt.count == 16,
            let sealed = Hexadecimal.decode(lines[3].utf8), sealed.count == sealedByteCount
        else { throw .rootFile("The root key file \(path) is damaged. Restore it from a backup.") }
        self.init(method: method, salt: salt, sealed: sealed)
    }
}
