public import AWS

/// What the policies were asked about one call and what they said: enough to decide it again as it was.
///
/// Policies are named by the digests of what is kept of them (`KeptPolicies`). Of the request's condition keys there are
/// those that the operation gave, and of the global ones those that some policy of the decision refers to: no other key
/// can have had a part in it.
public struct DecisionTrace: Sendable, Equatable {
    /// How the answers to the questions made the answer to the call.
    public enum Form: UInt8, Sendable, CaseIterable {
        /// All had to be allowed.
        case asked = 0
        /// As `asked`; the last question refused nothing, and only told what the caller may know.
        case hinted
        /// Each stood for itself.
        case each
        /// Nothing was asked: a good signature is enough.
        case signedIn
        /// The first had to be allowed; the others refused nothing, and only told what the caller may see.
        case noted
    }

    /// A condition key with its value, or its values where the key's type is a list.
    public struct Key: Sendable, Equatable {
        /// Which of the two the key's type says.
        public enum Value: Sendable, Equatable {
            case one(String)
            case many([String])
        }
        /// In any case.
        public let name: String
        public let value: Value
        public init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }
    }

    /// One question and its answer, both as `4-Authorization` has them.
    public struct Question: Sendable, Equatable {
        /// `s3:GetObject`
        public let action: String
        /// An ARN, or `*`.
        public let resource: String
        public let owner: AccountID
        /// The place, among the sides of the decision, of the resource's own policy; nil where it has none.
        public let side: Int?
        /// Whether the resource is a role about to be assumed.
        public let isTrust: Bool
        /// Whether S3's RestrictPublicBuckets bore on it.
        public let restrictsPublicAccess: Bool
        /// `Decision.Outcome` and `Layer`, by their places among all of their kind.
        public let outcome: UInt8
        public let layer: UInt8
        /// What the operation itself said of the call.
        public let keys: [Key]
        /// Nil where it was about no KMS key.
        public let kmsKey: KMSKeySide?
        /// Nil where no access control lists bore on it.
        public let lists: AccessListSide?

        /// Whether the policies said yes: the first of all outcomes.
        public var isAllowed: Bool { outcome == 0 }

        /// What the engine was asked and said.
        public init(
            action: String, resource: String, owner: AccountID, side: Int?, isTrust: Bool, restrictsPublicAccess: Bool,
            outcome: UInt8, layer: UInt8, keys: [Key], kmsKey: KMSKeySide? = nil, lists: AccessListSide? = nil
        ) {
            (self.action, self.resource, self.owner, self.side) = (action, resource, owner, side)
            (self.isTrust, self.restrictsPublicAccess) = (isTrust, restrictsPublicAccess)
            (self.outcome, self.layer, self.keys, self.kmsKey) = (outcome, layer, keys, kmsKey)
            self.lists = lists
        }
    }

    /// How the answers made the answer to the call.
    public let form: Form
    public let questions: [Question]
    /// Global keys.
    public let keys: [Key]

    /// What was asked and answered.
    public init(_ form: Form, _ questions: [Question], keys: [Key]) {
        (self.form, self.questions, self.keys) = (form, questions, keys)
    }
}

/// A decision about to be recorded, with the policies it stands on.
public struct TracedDecision: Sendable {
    /// What was asked and answered.
    public let trace: DecisionTrace
    /// Those on the caller's side; nil where it has none.
    public let caller: KeptPolicies?
    /// Those of the resources.
    public let sides: [KeptPolicies]
    /// Whether something was allowed that would not have been without access control lists.
    public let neededLists: Bool

    /// A decision and what it stands on.
    public init(_ trace: DecisionTrace, caller: KeptPolicies?, sides: [KeptPolicies], neededLists: Bool = false) {
        (self.trace, self.caller, self.sides, self.neededLists) = (trace, caller, sides, neededLists)
    }
}

/// A decision as a record tells it: the digests lead to the policies in the `PolicyArchive`.
public struct RecordedDecision: Sendable, Equatable {
    /// What was asked and answered.
    public let trace: DecisionTrace
    public let caller: [UInt8]?
    public let sides: [[UInt8]]
}
