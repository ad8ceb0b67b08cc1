import World

/// Why content could not be kept or given back.
public enum BlobError: Error, Equatable, CustomStringConvertible {
    /// The file is gone although a reference to it exists.
    case missing(BlobID)
    /// A frame was changed, cut off, moved or belongs to another blob. Frames count from 0.
    case corrupt(BlobID, frame: Int64)
    /// Its sealed bytes are not those that were written.
    case changed(BlobID)
    /// The stored reference cannot be understood, or is sealed under another key.
    case invalidReference
    /// No room on the disk.
    case full
    /// The writer has been finished or abandoned.
    case ended
    case system(operation: String, path: String, errno: Int32)

    /// Whether it tells of the content, and not of the machine at this moment.
    public var isDamage: Bool {
        switch self {
        case .missing, .corrupt, .changed, .invalidReference: true
        // EIO: the disk cannot give it back.
        case .system(_, _, let errno): errno == 5
        case .full, .ended: false
        }
    }

    public var description: String {
        switch self {
        case .missing(let id): "blob \(id) is missing"
        case .corrupt(let id, let frame): "blob \(id) is corrupt at frame \(frame)"
        case .changed(let id): "blob \(id) is not as it was written"
        case .invalidReference: "a blob reference could not be read"
        case .full: "the disk is full"
        case .ended: "the blob writer has ended"
        case .system(let operation, let path, let errno): "\(operation) \(path): \(SystemFault.text(errno))"
        }
    }
}
