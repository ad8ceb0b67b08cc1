/// Sizes of the blob store. Tests make them small.
public struct BlobOptions: Sendable {
    /// Bytes of content per frame of new blobs; the whole frame is read where a range touches it.
    public var frame = 64 * 1024
    /// Frames that are sealed and written, or read, in one go, while few blobs are (`BlobTraffic`).
    public var framesAtOnce = 4
    /// Content up to this length is kept in its reference, without a file.
    public var inlineLimit = 4096
    /// Whether finished blobs are synced. Off for a folder in memory.
    public var synchronizes = true

    /// Whether there is room for new files. Where there is none but what deletions need, they are `.full` at once.
    public var hasRoom: @Sendable () -> Bool = { true }

    /// Told of each blob for which there was no room.
    public var onFull: @Sendable () -> Void = {}

    public init() {}
}
