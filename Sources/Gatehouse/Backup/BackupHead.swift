import Crypto
import KeyVault

/// What stands in clear before a backup's content: the file of the root, as it lies in the data folder, and a salt.
///
/// A line, the length of the root's file in four bytes, the file, and 32 random bytes. The key of the content comes of the
/// vault, which only the root opens, and of all of this: whoever changes the head changes the key.
struct BackupHead {
    /// The file `root`: keys that the root has sealed.
    let root: [UInt8]
    let salt: [UInt8]

    static let line = Array("gatehouse backup 1\n".utf8)
    static let saltByteCount = 32
    private static let longestRoot = 1 << 16

    /// Of a new backup.
    init(root: [UInt8]) { (self.root, salt) = (root, SecureRandom.bytes(BackupHead.saltByteCount)) }

    /// - Parameter read: gives that many bytes, or fewer where there are no more.
    init(_ read: (Int) throws -> [UInt8]) throws {
        let start = try read(BackupHead.line.count + 4)
        guard start.starts(with: BackupHead.line), start.count == BackupHead.line.count + 4 else {
            throw SetupError("this is no backup, or one of a newer Gatehouse")
        }
        let length = start.suffix(4).reduce(0) { $0 << 8 | Int($1) }
        guard (1...BackupHead.longestRoot).contains(length) else { throw BackupHead.damaged }
        root = try read(length)
        salt = try read(BackupHead.saltByteCount)
        guard root.count == length, salt.count == BackupHead.saltByteCount else { throw BackupHead.damaged }
    }

    var bytes: [UInt8] {
        var bytes = BackupHead.line
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: root.count >> shift)) }
        return bytes + root + salt
    }

    /// - Throws: where the vault is of a time when there were no backups.
    func cipher(_ vault: any KeyVault) throws -> FrameCipher {
        FrameCipher(
            HKDF.derive(
                from: try vault.derive(.backups), salt: SHA256.hash(bytes), info: Array("gatehouse backup 1".utf8),
                count: AESGCM.keyByteCount))
    }

    /// What is told of a backup that does not end, or not as it was written.
    static let damaged = SetupError(
        "The backup is damaged, cut off, or was changed. Nothing of it is used. Take another copy of it.")
}

/// What a backup holds, before it is encrypted: files one after the other, each a name behind its length (2 bytes), a length (8),
/// and the content; at the end an empty name, and the number of files (8).
enum BackupEntry {
    static func head(_ name: String, _ length: Int64) -> [UInt8] {
        var bytes: [UInt8] = [
            UInt8(truncatingIfNeeded: name.utf8.count >> 8), UInt8(truncatingIfNeeded: name.utf8.count),
        ]
        bytes += name.utf8
        append(UInt64(length), to: &bytes)
        return bytes
    }

    static func end(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = [0, 0]
        append(UInt64(count), to: &bytes)
        return bytes
    }

    static func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    static let database = "gatehouse.db"
    /// Small files of the folder, where they are there.
    static let beside = [CredentialsFile.name, SignInFile.name, Authority.fileName]

    /// Nothing else is ever written: these files, and what is called as blobs are.
    static func isName(_ name: String) -> Bool {
        if name == database || beside.contains(name) { return true }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        func isHexadecimal(_ part: Substring, _ count: Int) -> Bool {
            part.utf8.count == count
                && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        return parts.count == 3 && parts[0] == "blobs" && isHexadecimal(parts[1], 2) && isHexadecimal(parts[2], 30)
    }
}
