public import AWS
import Formats
public import Journal

/// How a call is told in CloudTrail where the shape alone does not say it.
public struct Recording: Sendable {
    /// What a record shows of a request or of an answer.
    public enum Elements: Sendable {
        /// The shape in lower camel case, without what is sensitive.
        case shape
        case none
        /// A JSON object made by the operation.
        case json([UInt8])
    }

    /// Nil: the operation's name.
    public var eventName: String?
    public var category: Event.Category
    /// Nil: by the operation's name.
    public var isReadOnly: Bool?
    public var request: Elements
    public var additionalData: [UInt8]?
    /// What the record shows of a successful answer beyond what the client was told: names and texts.
    public var answered: KeyValuePairs<String, String> = [:]
    /// What `additionalEventData` shows of a call that succeeded, where there is no `additionalData`.
    public var additionalDataOfSuccess: [UInt8]?
    /// Whether the call set an access control list of S3.
    public var setsList = false
    public var resources: [Event.Resource]
    public var subjects: [Event.Subject]
    /// The account that owns what the call is about; it receives the records of anonymous callers.
    public var owner: AccountID?
    /// The accounts that receive a copy of a successful call's record, with less of the caller in it, unless one is the
    /// caller's own. A change's copies are part of the change. Of a call that fails only the caller's account is told.
    public var sharedWith: [AccountID] = []

    /// What is not said is told by the shape.
    public init(
        eventName: String? = nil, category: Event.Category = .management, isReadOnly: Bool? = nil,
        request: Elements = .shape,
        additionalData: [UInt8]? = nil, resources: [Event.Resource] = [], subjects: [Event.Subject] = [],
        owner: AccountID? = nil
    ) {
        (self.eventName, self.category, self.isReadOnly) = (eventName, category, isReadOnly)
        (self.request, self.additionalData, self.resources, self.subjects) = (
            request, additionalData, resources, subjects
        )
        self.owner = owner
    }

    /// Everything by the shape.
    public static let shape = Recording()

    /// The accounts, other than the one that the record itself goes to, that receive a copy.
    func receivers(besides account: AccountID) -> [AccountID] {
        guard !sharedWith.isEmpty else { return [] }
        var receivers: [AccountID] = []
        for other in sharedWith where other != account && !receivers.contains(other) { receivers.append(other) }
        return receivers
    }

    /// `additionalEventData` as the record shows it. - Parameter neededLists: whether access control lists allowed the call.
    /// - Source: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket", "Identify requests that
    ///   required an ACL for authorization".
    func additional(succeeded: Bool, neededLists: Bool) -> [UInt8]? {
        let told = additionalData ?? (succeeded ? additionalDataOfSuccess : nil)
        guard let told, neededLists || setsList else { return told }
        let member = Array(#""aclRequired":"Yes"}"#.utf8)
        return told.count > 2 ? told.dropLast() + [UInt8(ascii: ",")] + member : [UInt8(ascii: "{")] + member
    }

    /// The answer as the record shows it. - Parameter told: what the client was told, as a JSON object; nil for nothing.
    func completed(_ told: [UInt8]?) -> [UInt8]? {
        guard !answered.isEmpty else { return told }
        var json = JSONWriter()
        json.beginObject()
        for (name, value) in answered {
            json.key(name)
            json.string(value)
        }
        json.endObject()
        guard let told, told.count > 2 else { return json.bytes }
        return told.dropLast() + [UInt8(ascii: ",")] + json.bytes.dropFirst()
    }
}
