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
    /// Open connections from one /48 of IPv6, which many providers give to whoever asks: not all places either.
    public var connectionsPerSite = 2_000
    /// Bytes of whole answers that wait for clients to take them; beyond, an answer is cut. Streams wait with their source.
    public var waitingAnswerBytes = 512 << 20
    /// The same for one address.
    public var waitingAnswerBytesPerAddress = 128 << 20
    /// Loopback is the host itself: its tools and proxies carry many clients.
    public var loopbackIsExempt = true

    /// How many routers an answer may pass, 1 to 255; nil for the system's default.
    public var hops: Int?

    /// From the first byte of a request, or from the opening of the connection, to the end of its header.
    public var headerMilliseconds: Int64 = 10_000
    /// Between requests. Above the 60 s after which common clients and balancers give up, so that they close first.
    public var idleMilliseconds: Int64 = 65_000
    /// How long a handler waits for a body that does not come; a shorter pause does no harm. S3 waits 20 s.
    /// - Source: AWS re:Post, "How do I troubleshoot the Amazon S3 socket connection timeout error": 20 seconds.
    public var bodyPatienceMilliseconds: Int64 = 20_000
    /// Bytes that give a second of patience back, up to all of it, to a body that is handed on as it comes. An upload of hours
    /// over a bad line holds a connection and nothing else, so one segment makes up for a whole pause.
    public var streamedBodyRate: Int64 = 64
    /// The same for a body that is kept in memory until its end. Apache's `mod_reqtimeout` asks for 500; but here one megabyte
    /// after the other is kept, and what callers send is signed within minutes.
    public var heldBodyRate: Int64 = 4096
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
                headerMilliseconds, idleMilliseconds, bodyPatienceMilliseconds, stallMilliseconds, lingerMilliseconds,
                drainMilliseconds,
            ].min() ?? 1000
        return Swift.min(Swift.max(shortest / 4, 10), 1000)
    }
}
