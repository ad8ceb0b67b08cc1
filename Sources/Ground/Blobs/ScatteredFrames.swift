import CSystem

/// Content that is contiguous in memory but has tags after each frame in the file: one call moves both.
enum ScatteredFrames {
    /// Lends the list of places: frame, tag, frame, tag …; the last frame may be short or empty.
    static func with<R>(
        _ content: inout [UInt8], _ tags: inout [UInt8], _ framing: Framing,
        _ body: (UnsafeMutableBufferPointer<iovec>) throws(BlobError) -> R
    ) throws(BlobError) -> R {
        let (frame, tag) = (framing.frame, framing.tag)
        let count = tags.count / tag
        // The places point into the two arrays, which are borrowed for as long as the list is lent.
        let result: Result<R, BlobError> = content.withUnsafeMutableBytes { content in
            tags.withUnsafeMutableBytes { tags in
                withUnsafeTemporaryAllocation(of: iovec.self, capacity: count * 2) { parts in
                    for index in 0..<count {
                        let start = index * frame
                        let size = min(frame, content.count - start)
                        parts[index * 2] = iovec(iov_base: content.baseAddress.map { $0 + start }, iov_len: size)
                        parts[index * 2 + 1] = iovec(
                            iov_base: tags.baseAddress.map { $0 + index * tag }, iov_len: tag)
                    }
                    do throws(BlobError) { return .success(try body(parts)) } catch { return .failure(error) }
                }
            }
        }
        return try result.get()
    }
}
