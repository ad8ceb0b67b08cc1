import CSystem
import Crypto
import World

/// The file that opens the root key: 32 random bytes as one line of hexadecimal digits, mode 0600, beside the data.
enum KeyFile {
    private static let byteCount = 32

    /// Makes the file if it is absent; an existing one is left as it is.
    static func createIfAbsent(_ path: String, dataFolder: String) throws(KeyVaultError) {
        try checkPlace(path, dataFolder)
        guard access(path, F_OK) != 0 else { return }
        var secret = SecureRandom.bytes(byteCount)
        var text = Hexadecimal.encode(secret) + [UInt8(ascii: "\n")]
        defer {
            secret.zero()
            text.zero()
        }
        try PrivateFile.create(path, text)
    }

    static func read(_ path: String, dataFolder: String) throws(KeyVaultError) -> SecretBytes {
        try checkPlace(path, dataFolder)
        guard var text = try PrivateFile.read(path) else {
            throw .keyFile(
                "The key file \(path) is missing. Without it the data cannot be opened: name it with --key-file FILE, or restore it."
            )
        }
        defer { text.zero() }
        guard var secret = Hexadecimal.decode(text.prefix { $0 != UInt8(ascii: "\n") }), secret.count == byteCount
        else {
            throw .keyFile("The key file \(path) does not hold a key: one line of 64 hexadecimal digits.")
        }
        return SecretBytes(taking: &secret)
    }

    /// A copy of the data folder must not hold the key to it.
    /// - Parameter what: the file, for messages.
    static func checkPlace(
        _ path: String, _ dataFolder: String, what: String = "key file"
    ) throws(KeyVaultError) {
        guard let folder = realPath(dataFolder) else {
            throw .system(operation: "realpath", path: dataFolder, errno: gh_errno())
        }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard let place = realPath(parent.isEmpty ? "/" : parent) else {
            throw .keyFile("The folder of the \(what) \(path) does not exist.")
        }
        // The file itself may be a link into the folder.
        let target = realPath(path) ?? place + "/"
        let option = what == "key file" ? " (--key-file FILE)" : ""
        for found in [place + "/", target] where found.hasPrefix(folder + "/") {
            throw .keyFile(
                "The \(what) \(path) lies inside the data folder \(dataFolder). Keep it elsewhere\(option): whoever copies the data must not get the key."
            )
        }
    }

    private static func realPath(_ path: String) -> String? {
        // Allocated by the C library, freed here.
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
