import Crypto
import World

/// The text of the file `root`: four lines, of which the first three are authenticated.
///
///     gatehouse root 1 | gatehouse root 2
///     keyfile | argon2id 65536 3 1 | hsm
///     <salt, or the id of the keys in the HSM; hexadecimal>
///     <nonce, sealed root key, tag; hexadecimal> | -
///
/// In the first form every key is derived from the root. In the second, which a rotation of the root and an HSM make, lines
/// stand below, each a word and what the root sealed: nonce, text and tag. `uses` seals the digest of the words that follow;
/// each of those is a key's use, and its key. So no line can be taken out, which would let a new key take the place of one
/// that data is sealed with. Uses that begin with `former/` tell of the root before, while keys of the key engine are still
/// wrapped under it.
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

    let version: Int
    let method: Method
    let salt: [UInt8]
    var sealed: [UInt8]
    /// The keys of the second form, by their use, and the sealed digest of the uses.
    private(set) var keys: [String: [UInt8]] = [:]
    private var list: [UInt8] = []

    init(version: Int = 1, method: Method, salt: [UInt8], sealed: [UInt8]) {
        (self.version, self.method, self.salt, self.sealed) = (version, method, salt, sealed)
    }

    /// The authenticated lines.
    var header: [UInt8] { Array("gatehouse root \(version)\n\(method.text)\n\(Hexadecimal.string(salt))\n".utf8) }

    var text: [UInt8] {
        var first = header + Array("\(sealed.isEmpty ? "-" : Hexadecimal.string(sealed))\n".utf8)
        if !list.isEmpty { first += Array("\(RootFile.listName) \(Hexadecimal.string(list))\n".utf8) }
        return keys.keys.sorted().reduce(first) { text, use in
            text + Array("\(use) \(Hexadecimal.string(keys[use] ?? []))\n".utf8)
        }
    }
}

// MARK: Keys of the second form

extension RootFile {
    private static let listName = "uses"
    private static let sealedByteCount = AESGCM.nonceByteCount + SoftwareKeyVault.rootByteCount + AESGCM.tagByteCount

    private var digestOfUses: [UInt8] { SHA256.hash(Array(keys.keys.sorted().joined(separator: "\n").utf8)) }

    /// Seals keys in addition to those that are there, and the list of all anew. Each is opened again before anyone relies
    /// on it: a root that seals what it does not open would lose everything below it.
    mutating func add(_ added: [String: SecretKeeper], by sealer: some DataKeySealer) throws(KeyVaultError) {
        for (use, key) in added { keys[use] = try sealed(key.secret, use: use, by: sealer) }
        list = try sealed(SecretBytes(digestOfUses), use: RootFile.listName, by: sealer)
    }

    /// Takes keys out, and seals the list of the others anew.
    mutating func remove(_ uses: [String], by sealer: some DataKeySealer) throws(KeyVaultError) {
        for use in uses { keys[use] = nil }
        list = try sealed(SecretBytes(digestOfUses), use: RootFile.listName, by: sealer)
    }

    private func sealed(
        _ key: borrowing SecretBytes, use: String, by sealer: some DataKeySealer
    ) throws(KeyVaultError) -> [UInt8] {
        let sealed = try sealer.seal(key, use: use, header: header)
        let opened: SecretBytes
        do throws(KeyVaultError) { opened = try sealer.open(sealed, use: use, header: header) } catch {
            guard error == .notOpened else { throw error }
            throw RootFile.unfit
        }
        guard sealed.count == RootFile.sealedByteCount, opened.equals(key) else { throw RootFile.unfit }
        return sealed
    }

    private static let unfit = KeyVaultError.device(
        "The root seals keys that it does not open again. Nothing was written. An HSM may choose nonces of its own.")

    /// All keys, opened.
    /// - Throws: `.wrongKey` where they are of another root; `.rootFile` where some that were there are missing.
    func open(by sealer: some DataKeySealer) throws(KeyVaultError) -> [String: SecretKeeper] {
        // A file that is being made.
        if keys.isEmpty, list.isEmpty { return [:] }
        var opened: [String: SecretKeeper] = [:]
        do throws(KeyVaultError) {
            for (use, sealed) in keys {
                opened[use] = SecretKeeper(try sealer.open(sealed, use: use, header: header))
            }
            let digest = try sealer.open(list, use: RootFile.listName, header: header)
            guard digest.equals(SecretBytes(digestOfUses)) else {
                throw .rootFile(
                    "The file root of the data folder lacks a key that it had, or holds one that was not made with it. "
                        + "Restore the file from a backup: a key that is made anew would not open what the old one sealed."
                )
            }
        } catch {
            guard error == .notOpened else { throw error }
            throw .wrongKey("The keys of the data folder were not sealed by this root, or were changed.")
        }
        return opened
    }
}

extension RootFile {
    init(parsing bytes: [UInt8], _ path: String) throws(KeyVaultError) {
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard let version = ["gatehouse root 1": 1, "gatehouse root 2": 2][lines[0]] else {
            throw .rootFile("\(path) is not a root key file this program knows; a newer Gatehouse may have written it.")
        }
        let damaged = KeyVaultError.rootFile("The root key file \(path) is damaged. Restore it from a backup.")
        let sealedByteCount = RootFile.sealedByteCount
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
            guard words.count == 2, let key = Hexadecimal.decode(words[1].utf8), key.count == sealedByteCount else {
                throw damaged
            }
            if words[0] == RootFile.listName {
                guard list.isEmpty else { throw damaged }
                list = key
            } else {
                guard keys.updateValue(key, forKey: String(words[0])) == nil else { throw damaged }
            }
        }
        guard version == 1 || !list.isEmpty else { throw damaged }
    }
}
