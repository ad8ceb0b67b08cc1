import CZLib

/// Compresses a text that comes in pieces, in the form of gzip. One owner at a time; it may move between threads.
/// - Source: RFC 1952.
public final class GzipWriter: @unchecked Sendable {
    // Freed with this object. Its users hand it on and never share it, as with any buffer.
    private let state: OpaquePointer
    private static let room = 64 * 1024

    /// The beginning of a text.
    public init() {
        guard let state = gh_gzip_new() else { preconditionFailure("no memory to compress") }
        self.state = state
    }

    deinit { gh_gzip_free(state) }

    /// What of the compressed text there is now; often nothing yet.
    public func add(_ bytes: [UInt8]) -> [UInt8] { step(bytes, ends: false) }

    /// The rest. Nothing comes behind it.
    public func finish() -> [UInt8] { step([], ends: true) }

    private func step(_ bytes: [UInt8], ends: Bool) -> [UInt8] {
        var result: [UInt8] = []
        var left = bytes.count
        var written = 0
        repeat {
            let piece = [UInt8](unsafeUninitializedCapacity: GzipWriter.room) { output, count in
                count = bytes.withUnsafeBufferPointer { input in
                    let start = input.baseAddress.map { $0 + (bytes.count - left) }
                    return gh_gzip_step(state, start, &left, output.baseAddress, GzipWriter.room, ends ? 1 : 0)
                }
            }
            written = piece.count
            result += piece
        } while left > 0 || written == GzipWriter.room
        return result
    }
}
