import CSystem
import Crypto

/// A passphrase on its way to the vault. Prints as `redacted`.
public struct SecretPassphrase: Sendable, CustomStringConvertible, CustomReflectable {
    let bytes: [UInt8]

    /// A root is newly sealed by no fewer bytes; one that was sealed by fewer still opens.
    /// - Source: NIST SP 800-63B-4, section 3.1.1.2: fifteen characters where nothing but the password protects.
    public static let leastCount = 15

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// From the first line of a file outside the data folder that only the server may read.
    /// - Parameter dataFolder: may not be there yet.
    /// - Throws: `.keyFile` where the file is not there, lies in the data folder, others may read it, it belongs to somebody
    ///   else, or holds nothing.
    public init(file path: String, dataFolder: String) throws(KeyVaultError) {
        try SecretFile.checkPlace(path, "passphrase file", dataFolder: dataFolder)
        guard var text = try PrivateFile.read(path) else {
            throw .keyFile("The passphrase file \(path) is missing.")
        }
        defer { text.zero() }
        guard !text.isEmpty else { throw .keyFile("The passphrase file \(path) is empty.") }
        // Read as text, as it always was: what is not UTF-8 seals by the character that stands for it.
        bytes = Array(String(decoding: text.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self).utf8)
    }

    /// Whether a root may be newly sealed by it.
    public var isLongEnough: Bool { bytes.count >= SecretPassphrase.leastCount }

    public var description: String { "redacted" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where files with secrets of the operator may lie.
public enum SecretFile {
    /// A copy of the data folder must not hold what opens it.
    /// - Parameters:
    ///   - what: the file, for messages: `PIN file`.
    ///   - dataFolder: may not be there yet: then nothing is in it.
    public static func checkPlace(_ path: String, _ what: String, dataFolder: String) throws(KeyVaultError) {
        guard access(dataFolder, F_OK) == 0 else { return }
        try KeyFile.checkPlace(path, dataFolder, what: what)
    }
}
