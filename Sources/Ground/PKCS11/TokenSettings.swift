import CSystem

/// Which token, and how it is opened.
public struct TokenSettings: Sendable {
    /// How the operator names the token.
    public enum Choice: Sendable, Equatable, CustomStringConvertible {
        case label(String)
        case slot(UInt)

        /// As the operator reads it.
        public var description: String {
            switch self {
            case .label(let label): "the token \"\(label)\""
            case .slot(let slot): "the token in slot \(slot)"
            }
        }
    }

    /// The token.
    public let choice: Choice
    /// The file whose first line is the user's PIN. Read at every login, so that a new PIN needs no restart.
    public let pinFile: String
    /// The most sessions that are open at a time.
    public let sessions: Int

    /// What the operator chose.
    public init(_ choice: Choice, pinFile: String, sessions: Int = 8) {
        (self.choice, self.pinFile, self.sessions) = (choice, pinFile, max(1, sessions))
    }

    /// The PIN, and when its file was written.
    /// - Throws: `.setup` where others may read the file, or it is none.
    func pin() throws(PKCS11Error) -> (bytes: [UInt8], written: Int) {
        let file = gh_open(pinFile, O_RDONLY, 0)
        guard file >= 0 else { throw .setup("The PIN file \(pinFile) cannot be read (error \(gh_errno())).") }
        defer { _ = close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & 0o170000 == 0o100000 else {
            throw .setup("\(pinFile) is not a file.")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .setup("The PIN file \(pinFile) can be read by others. Close it: chmod 600 \(pinFile)")
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
            count = max(0, read(file, buffer.baseAddress, 256))
        }
        let pin = Array(bytes.prefix { $0 != 10 && $0 != 13 })
        guard !pin.isEmpty else { throw .setup("The PIN file \(pinFile) is empty.") }
        return (pin, status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec)
    }
}
