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
    /// The most sessions that are open at a time, those of calls that hang included, and beside the one that keeps the login.
    public let sessions: Int
    /// How long a request waits for the token, in milliseconds.
    public let patience: Int

    /// Twenty seconds: devices take some for an RSA key, and clients give up after a minute.
    public static let usualPatience = 20_000

    /// What the operator chose.
    public init(_ choice: Choice, pinFile: String, sessions: Int = 8, patience: Int = usualPatience) {
        (self.choice, self.pinFile) = (choice, pinFile)
        (self.sessions, self.patience) = (max(1, sessions), max(1, patience))
    }
}
