/// A policy document as written: its elements in order, with their places in the text. Not yet validated for a use.
public struct PolicyDocument: Sendable {
    /// The two versions of the policy language.
    public enum Version: String, Sendable {
        case v2008 = "2008-10-17"
        case v2012 = "2012-10-17"
    }

    /// Nil if the document does not say; it then means 2008-10-17.
    public var version: Version?
    public var id: String?
    public var statements: [PolicyStatement] = []
}

/// One statement as written.
public struct PolicyStatement: Sendable {
    public var sid: String?
    /// `Allow` or `Deny` in any case: the exact spelling is the validator's business.
    public var effect = ""
    public var principal: PrincipalElement?
    public var notPrincipal: PrincipalElement?
    public var action: [String]?
    public var notAction: [String]?
    public var resource: [String]?
    public var notResource: [String]?
    public var condition: [PolicyCondition] = []
    /// Byte offsets as the simulator counts them: from behind the preceding `[` or `}` (for a single statement, behind
    /// its own `{`) to behind the closing `}`.
    public var range: Range<Int> = 0..<0
}

/// One operator and key of a Condition element.
public struct PolicyCondition: Sendable {
    public let operatorName: String
    public let key: String
    /// Numbers and booleans as their text.
    public let values: [String]
}

/// A Principal or NotPrincipal element as written.
public struct PrincipalElement: Sendable {
    /// One principal named, with its place.
    public struct Mention: Sendable {
        /// The keys of a Principal map.
        public enum Kind: String, Sendable, CaseIterable {
            case aws = "AWS"
            case service = "Service"
            case federated = "Federated"
            case canonicalUser = "CanonicalUser"
        }
        public let kind: Kind
        public let value: String
        /// Where the JSON string stands, quotes included.
        public let range: Range<Int>
    }

    /// True for the bare text `"*"`.
    public var isBareStar = false
    /// True if the value of some kind is a list.
    public var hasList = false
    public var mentions: [Mention] = []
    /// Where the value stands, quotes or braces included.
    public var range: Range<Int> = 0..<0
}
