import World

/// A request's body, read on demand. The first call of `next` sends `100 Continue` where the client waits for it.
///
/// Chunks come as the network gave them, of any size above zero; nil is the end. Who does not read to the end leaves
/// it to the edge to drain or to close the connection.
public protocol RequestBody: Sendable {
    /// From `Content-Length`; nil when chunked. Zero where there is no body.
    var declaredLength: Int64? { get }
    func next() async throws -> [UInt8]?
    /// The whole body at once, where all of it is here and nothing was read yet; `next` then gives nil. Nil where it must
    /// be asked for piece by piece, which is always right.
    func takeWhole() -> [UInt8]?
    /// To be said before the first `next` by whoever keeps all of the body in memory: such a body has to come faster than one
    /// that is handed on.
    func holdUntilEnd()
}

extension RequestBody {
    /// Nil.
    public func takeWhole() -> [UInt8]? { nil }
    /// Nothing, for bodies that are here.
    public func holdUntilEnd() {}
}

/// Why a body could not be read. All of them end the connection.
public enum RequestBodyError: Error, Sendable {
    case disconnected, malformedChunk, tooSlow, tooLarge
}

/// A body that is already here: for tests and for calls without a connection.
public final class BufferedBody: RequestBody {
    public let declaredLength: Int64?
    private let rest: Lock<[UInt8]?>

    public init(_ bytes: [UInt8]) {
        declaredLength = Int64(bytes.count)
        rest = Lock(bytes.isEmpty ? nil : bytes)
    }

    public func next() async throws -> [UInt8]? {
        rest.withLock { rest in
            defer { rest = nil }
            return rest
        }
    }
}
