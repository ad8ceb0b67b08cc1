/// A policy document as written: its elements in order, with their places in the text. Not yet validated for a use.
package struct PolicyDocument: Sendable {
    /// The two versions of the policy language.
    package enum Version: String, Sendable {
        case v2008 = "2008-10-17"
        case v2012 = "2012-10-17"
    }

    /// Nil if the document does not say; it then means 2008-10-17.
    package var version: Version?
    package var id: String?
    package var statements: [PolicyStatement] = []
}

/// One statement as written.
package struct PolicyStatement: Sendable {
    package var sid: String?
    /// `Allow` or `Deny` in any case: the exact spelling is the validator's business.
    package var effect = ""
    package var principal: PrincipalElement?
    package var notPrincipal: PrincipalElement?
    package var action: [String]?
    package var notAction: [String]?
    package var resource: [String]?
    package var notResource: [String]?
    package var condition: [PolicyCondition] = []
    /// Byte offsets as the simulator counts them: from behind the preceding `[` or `}` (for a single statement, behind
    /// its own `{`) to behind the closing `}`.
    package var range: Range<Int> = 0..<0
}

/// One operator and key of a Condition element.
package struct PolicyCondition: Sendable {
    package let operatorName: String
    package let key: String
    /// Numbers and booleans as their text.
    package let values: [String]
}

/// A Principal or NotPrincipal element as written.
package struct PrincipalElement: Sendable {
    /// One principal named, with its place.
    package struct Mention: Sendable {
        /// The keys of a Principal map.
        package enum Kind: String, Sendable {
            case aws = "AWS"
            case service = "Service"
            case federated = "Federated"
            case canonicalUser = "CanonicalUser"
        }
        package let kind: Kind
        package let value: String
        /// Where the JSON string stands, quotes included.
        package let range: Range<Int>
    }

    /// True for the bare text `"*"`.
    package var isBareStar = false
    /// True if the value of some kind is a list.
    package var hasList = false
    package var mentions: [Mention] = []
}
