import AWS
public import Authentication
public import HTTP
import Journal
import Wire
public import World

/// Whoever writes down the requests to some of S3's buckets for their owners, beside CloudTrail.
public protocol RequestLog: Sendable {
    /// Whether there is any bucket whose requests are written down. Asked of every request, so it takes nanoseconds.
    var isActive: Bool { get }
    /// Whether requests to that bucket are written down now; nil where they are not.
    func watch(_ bucket: String) -> WatchedBucket?
    /// Writes it down. Returns when what was written survives the end of the process; what cannot be written is told to
    /// the operator, not to the caller.
    func write(_ request: LoggedRequest) async
}

/// A bucket whose requests are written down, as it is when a request comes: another may have its name when it ends.
public struct WatchedBucket: Sendable {
    /// The bucket's row.
    public let id: Int64
    /// What it is called.
    public let name: String
    /// The canonical id of its owner.
    public let owner: String
    /// The ARN of the access point that was named in its place; nil where none was.
    public let point: String?

    /// As its row has it.
    public init(id: Int64, name: String, owner: String, point: String? = nil) {
        (self.id, self.name, self.owner, self.point) = (id, name, owner, point)
    }
}

/// One request and its answer, as far as the front knows them.
public struct LoggedRequest: Sendable {
    /// Nil where only the source of a copy may be watched.
    public let bucket: WatchedBucket?
    /// As it came.
    public let head: RequestHead
    /// The operation by its name in the model; nil where the model has none such.
    public let operation: String?
    /// Of the object; empty where the request is about none.
    public let key: [UInt8]
    /// The version that the request names.
    public let version: String?
    /// What was found out on its way.
    public let notes: RequestNotes.Facts
    /// Of the answer.
    public let status: Int
    /// Of the answer's body, without what HTTP adds.
    public let bytesSent: Int64
    /// The length of the object, where the answer's header or the request's tells it.
    public let objectSize: Int64?
    /// When it came, by the product's clock.
    public let received: Instant
    /// Milliseconds until the last byte of the answer was handed on, and from the last byte of the request to the first of
    /// the answer.
    public let totalTime, turnAroundTime: Int64
}

/// What is found out about a watched request on its way. Others have none.
public final class RequestNotes: Sendable {
    /// One of the objects that a request to delete several names.
    public struct Deleted: Sendable {
        /// The object.
        public let key: String
        /// The version that the request names, if it names one.
        public let version: String?
        /// What the request would have been answered, had it been about this object alone.
        public let status: Int
        /// Of the error; nil where there is none.
        public let code: String?

        /// What became of one object.
        public init(key: String, version: String?, status: Int, code: String?) {
            (self.key, self.version, self.status, self.code) = (key, version, status, code)
        }
    }

    /// What is known when the answer is.
    public struct Facts: Sendable {
        /// Nil where nobody was proved.
        public internal(set) var caller: Caller?
        /// The id that the answer bears.
        public internal(set) var requestID = ""
        /// `x-amz-id-2`
        public internal(set) var hostID = ""
        /// Of the refusal; nil where there is none.
        public internal(set) var errorCode: String?
        /// Whether access control lists had to allow it, or it set one.
        public internal(set) var neededLists = false
        /// The objects that the request was to delete.
        public internal(set) var deleted: [Deleted] = []
        /// What the request turned out to be, and the object's key: of a form that was posted.
        public internal(set) var operation: String?
        /// See `operation`.
        public internal(set) var key: [UInt8]?
        /// The length of what a copy was made of.
        public internal(set) var sourceSize: Int64?
        var bodyEnd: UInt64?
    }

    private let state = Lock(Facts())

    init() {}

    var facts: Facts { state.withLock { $0 } }

    func began(_ identity: RequestIdentity) {
        state.withLock { ($0.requestID, $0.hostID) = (identity.requestID, identity.hostID) }
    }

    func proved(_ caller: Caller) { state.withLock { $0.caller = caller } }
    func meant(_ operation: String, key: [UInt8]?) { state.withLock { ($0.operation, $0.key) = (operation, key) } }
    func failed(_ code: String) { state.withLock { $0.errorCode = code } }
    func needed(lists: Bool) { state.withLock { $0.neededLists = lists } }
    func ended(at nanoseconds: UInt64) { state.withLock { $0.bodyEnd = nanoseconds } }

    /// Said in a transaction, which may run more than once: the last counts.
    public func deletes(_ objects: [Deleted]) { state.withLock { $0.deleted = objects } }
    /// How much was copied.
    public func copied(_ bytes: Int64) { state.withLock { $0.sourceSize = bytes } }
}
