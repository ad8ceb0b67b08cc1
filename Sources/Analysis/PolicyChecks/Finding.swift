/// Something about a policy that its author should know, with its places in the text.
public struct Finding: Sendable, Hashable {
    /// How much it matters, least first.
    public enum Severity: String, Sendable, CaseIterable, Comparable {
        case suggestion = "SUGGESTION"
        case warning = "WARNING"
        case securityWarning = "SECURITY_WARNING"
        case error = "ERROR"

        public static func < (one: Severity, other: Severity) -> Bool { one.rank < other.rank }

        private var rank: Int { Severity.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Access Analyzer's code, or one of our own (`Trap`).
    public let code: String
    /// How much it matters.
    public let severity: Severity
    /// What is wrong and why it matters, in full sentences.
    public let message: String
    /// What to do about it.
    public let mend: String
    /// Where to read on.
    public let link: String
    /// At least one; the first is where the reader should look.
    public let locations: [Location]
}

/// A place in a policy.
/// - Source: Access Analyzer API Reference, "Location".
public struct Location: Sendable, Hashable {
    /// The way from the document's root to the place.
    public let path: [PathElement]
    /// At the first character.
    public let start: Position
    /// Behind the last character.
    public let end: Position
}

/// One step of a path.
/// - Source: Access Analyzer API Reference, "PathElement".
public enum PathElement: Sendable, Hashable {
    /// An element of an array, counted from 0.
    case index(Int)
    /// The name of a member itself, not what stands under it.
    case key(String)
    /// What stands under that name.
    case value(String)
    /// Part of a text, in characters of its value.
    case substring(start: Int, length: Int)
}

/// A place in a text, in characters (Unicode scalars): lines from 1, columns and offsets from 0.
/// - Source: Access Analyzer API Reference, "Position".
public struct Position: Sendable, Hashable {
    /// From 1.
    public let line: Int
    /// Characters before it in its line.
    public let column: Int
    /// Characters before it in the text.
    public let offset: Int
}
