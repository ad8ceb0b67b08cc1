import CSystem

/// What the edge allows a client, each with its reason. Times are milliseconds, so that tests can be short.
public struct EdgeLimits: Sendable {
    /// Request line and header together. AWS takes 8 KiB of S3 metadata and long presigned targets; 64 KiB holds both.
    public var headBytes = 64 << 10
    /// Header lines in a request. SDKs send about 20; the rest is room for user metadata.
    public var fieldCount = 200
    /// A body's length. S3 allows 5 GiB in one PUT; signed chunks add less than one part in 16.
    public var bodyBytes: Int64 = 6 << 30
    /// Trailer lines after a chunked body, which are read and dropped.
    public var trailerBytes = 8 << 10
    /// The size line of a chunk, signatures of `aws-chunked` do not count: they lie inside.
    public var chunkLineBytes = 512
    /// How much of a body nobody wanted is read so that the connection can be used again.
    public var discardBytes: Int64 = 256 << 10

    /// Open connections in all; clipped to what the limit of open files leaves.
    public var connections = 10_000
    /// Open files that stay aside for storage, logs and the like, and for other servers of the process.
    public var filesAside = 256
    /// Open connections from one address (one /64 in IPv6): one client cannot take all places.
    public var connectionsPerAddress = 500
    /// Loopback is the host itself: its tools and proxies carry many clients.
    public var loopbackIsExempt = true

    /// How many routers an answer may pass, 1 to 255; nil for the system's default.
    public var hops: Int?

    /// From the first byte of a request, or from the opening of the connection, to the end of its header.
    public var headerMilliseconds: Int64 = 10_000
    /// Between requests. Above the 60 s after which common clients and balancers give up, so that they close first.
    public var idleMilliseconds: Int64 = 65_000
    /// Bytes per second a body must bring, counted only while the handler waits for it.
    public var minimumBodyRate: Int64 = 1024
    /// The span over which that rate is judged; a pause shorter than this does no harm.
    public var bodyWindowMilliseconds: Int64 = 10_000
    /// How long a client may take nothing of a response before it is cut.
    public var stallMilliseconds: Int64 = 60_000
    /// How long a closing connection is still read, so that the last response is not lost to a reset.
    public var lingerMilliseconds: Int64 = 2_000
    /// How long requests in flight may take after `drain`.
    public var drainMilliseconds: Int64 = 10_000

    public init() {}

    /// For a forward proxy beside a server: an eighth of the files at most, so that a flood of the one leaves the other its
    /// connections.
    public static var proxy: EdgeLimits {
        var limits = EdgeLimits()
        limits.connections = min(1000, openFiles / 8)
        return limits
    }

    /// How many files the process may have open.
    static var openFiles: Int { Int(min(gh_open_file_limit(), 1 << 30)) }

    /// The shortest wait between two looks at the deadlines that keeps them honest to about a quarter.
    var tickMilliseconds: Int64 {
        let shortest =
            [
                headerMilliseconds, idleMilliseconds, bodyWindowMilliseconds, stallMilliseconds, lingerMilliseconds,
                drainMilliseconds,
            ].min() ?? 1000
        return Swift.min(Swift.max(shortest / 4, 10), 1000)
    }
}
