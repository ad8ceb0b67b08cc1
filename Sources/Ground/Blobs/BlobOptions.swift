/// Sizes of the blob store. Tests make them small.
package struct BlobOptions: Sendable {
    /// Bytes of content per frame of new blobs; the whole frame is read where a range touches it.
    package var frame = 64 * 1024
    /// Frames that are sealed and written, or read, in one go.
    package var framesAtOnce = 4
    /// Content up to this length is kept in its reference, without a file.
    package var inlineLimit = 4096
    /// Whether finished blobs are synced. Off for a folder in memory.
    package var synchronizes = true

    package init() {}
}
