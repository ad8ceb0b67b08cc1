public import AWS
public import Authorization

/// What an operation asks of the policies before it may act.
public enum Access: Sendable {
    /// All must be allowed.
    case ask([Ask])
    /// As `ask`, and one question more, which refuses nothing: whether the caller may know that something is not there.
    /// S3 tells of a missing key only to those who may list the bucket.
    case hinted([Ask], hint: Ask)
    /// The first must be allowed. The others refuse nothing: the handler gets the numbers of those that are allowed, which
    /// say what of the answer the caller may see (the lock and the tags of an object).
    case noted(Ask, [Ask])
    /// Each is decided by itself; the handler gets the numbers of the allowed ones (DeleteObjects).
    case each([Ask])
    /// Any caller whose signature is good, whatever the policies say. The reason is printed in `Coverage.md`.
    case signedIn(reason: StaticString)

    /// One question that must be answered with yes.
    public static func ask(_ one: Ask) -> Access { .ask([one]) }
    /// The same, and one question more that must be answered with yes.
    public func and(_ more: Ask) -> Access {
        switch self {
        case .ask(let asks): .ask(asks + [more])
        case .hinted(let asks, let hint): .hinted(asks + [more], hint: hint)
        case .noted, .each, .signedIn: preconditionFailure("only questions that decide the whole call can be added to")
        }
    }
    /// One question about a resource without a policy of its own; `resource` is an ARN or `*`.
    public static func ask(
        _ action: Action, on resource: String, of owner: AccountID, keys: [ConditionEntry] = []
    ) -> Access {
        .ask([Ask(action, on: resource, of: owner, keys: keys)])
    }
}

/// One question to the policy engine.
public final class Ask: Sendable {
    /// What the caller wants to do.
    public let action: Action
    /// An ARN, or `*` where the action has no resource types.
    public let resource: String
    /// The account that the resource belongs to.
    public let owner: AccountID
    /// How a denial names the resource, where not by its ARN.
    public let title: String?
    /// What the resource itself says: its policy and, for S3, its public access block.
    public let side: ResourceSide
    /// The service's own condition keys; global ones are the gate's to fill.
    public let keys: [ConditionEntry]
    /// The encryption context that a grant of a KMS key may ask for.
    public let encryptionContext: [String: String]
    /// A question that must be answered with yes before this one is asked, and is a part of it: whether the access point
    /// lets the call through that it came by.
    public let door: Ask?

    public init(
        _ action: Action, on resource: String, of owner: AccountID, side: ResourceSide = .silent,
        keys: [ConditionEntry] = [], title: String? = nil, encryptionContext: [String: String] = [:], door: Ask? = nil
    ) {
        (self.action, self.resource, self.owner, self.side, self.keys) = (action, resource, owner, side, keys)
        (self.title, self.encryptionContext, self.door) = (title, encryptionContext, door)
    }

    /// The question by itself, without the door before it.
    var inside: Ask {
        Ask(
            action, on: resource, of: owner, side: side, keys: keys, title: title, encryptionContext: encryptionContext)
    }

    /// The same question, as if the resource itself said this.
    public func with(_ side: ResourceSide) -> Ask {
        Ask(
            action, on: resource, of: owner, side: side, keys: keys, title: title, encryptionContext: encryptionContext,
            door: door)
    }
}

/// A condition key with its value, or its values where the reference declares it a list. Keys are generated constants.
public struct ConditionEntry: Sendable {
    /// One value or a list, as the key is declared.
    public enum Value: Sendable {
        case one(String)
        case many([String])
        /// One value, where it matters whether a policy asks for it.
        case watched(WatchedValue)
    }
    public let key: String
    public let value: Value

    /// A key with its value.
    public init(_ key: SingleValuedKey, _ value: String) { (self.key, self.value) = (key.name, .one(value)) }
    public init(_ key: MultivaluedKey, _ values: [String]) { (self.key, value) = (key.name, .many(values)) }

    /// A key whose value is not known yet: policies see what is said of it, and it is noticed that one looked.
    public init(_ key: SingleValuedKey, _ value: WatchedValue) { (self.key, self.value) = (key.name, .watched(value)) }

    /// Nil where there is no value: the key is then absent.
    public init?(_ key: SingleValuedKey, _ value: String?) {
        guard let value else { return nil }
        self.init(key, value)
    }
}

/// The policies on a resource's side of a question.
public struct ResourceSide: Sendable {
    public enum Kind: Sendable { case standard, roleTrust, kmsKey }

    /// The compiled resource policy; nil where there is none.
    public let policy: CompiledPolicy?
    public let kind: Kind
    /// S3 Block Public Access: while the policy is public, only the owner's principals and services may pass.
    public let restrictsPublicAccess: Bool
    /// Of a bucket whose access control lists count, and of the object asked about; nil elsewhere.
    public let lists: S3Access?
    /// Of a KMS key: those that may reach the caller. Others need not be among them.
    public let grants: [KMSGrant]
    /// Whether it is a KMS key that a service manages: no resource control policy applies.
    public let isAWSManagedKey: Bool

    public init(
        policy: CompiledPolicy?, kind: Kind = .standard, restrictsPublicAccess: Bool = false, lists: S3Access? = nil
    ) {
        (self.policy, self.kind, self.restrictsPublicAccess) = (policy, kind, restrictsPublicAccess)
        (self.lists, grants, isAWSManagedKey) = (lists, [], false)
    }

    /// A KMS key: its policy, and its grants.
    public init(keyPolicy policy: CompiledPolicy, grants: [KMSGrant], isAWSManagedKey: Bool) {
        (self.policy, kind, restrictsPublicAccess, lists) = (policy, .kmsKey, false, nil)
        (self.grants, self.isAWSManagedKey) = (grants, isAWSManagedKey)
    }

    /// Whether the resource has nothing to say.
    var isSilent: Bool { policy == nil && kind == .standard && !restrictsPublicAccess && lists == nil }

    /// A resource without a policy of its own.
    public static let silent = ResourceSide(policy: nil)
}
