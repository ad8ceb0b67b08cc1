import World

/// Why the store did not do what it was asked. Never sent to a client: the gate maps it to a failure of the server.
public enum StorageError: Error, Equatable, CustomStringConvertible {
    /// No room on the disk. Nothing of the item, or of its whole batch, has been kept.
    case full
    /// The store has been closed, or closed itself after a failed sync.
    case closed
    /// Too many writes are waiting.
    case overloaded
    /// A UNIQUE, CHECK, NOT NULL or FOREIGN KEY constraint; the text names columns, never values.
    case constraint(String)
    /// Pages or records that cannot be right.
    case corrupt(String)
    /// A system call on the data folder failed.
    case system(operation: String, path: String, errno: Int32)
    /// Another process has the data folder open: the id that it wrote into the lock.
    case inUse(folder: String, process: String)
    /// The data folder is not ours, open to others, or of a newer format. The text says what to do.
    case folder(String)
    /// The schema on disk does not fit this program.
    case schema(String)
    /// Anything else the engine said: its extended result code and message.
    case engine(code: Int32, message: String)

    /// Whether what failed may be there all the same after the next start: a commit that was written and could not be synced,
    /// or whose end is not known. What it may name must not be removed.
    public var mayBeKept: Bool {
        if case .engine = self { true } else { false }
    }

    public var description: String {
        switch self {
        case .full: "the disk is full"
        case .closed: "the store is closed"
        case .overloaded: "too many writes are waiting"
        case .constraint(let message): "constraint: \(message)"
        case .corrupt(let message): "corrupt: \(message)"
        case .system(let operation, let path, let errno): "\(operation) \(path): \(SystemFault.text(errno))"
        case .inUse(let folder, let process):
            "The data folder \(folder) is in use by another Gatehouse (process \(process))."
        case .folder(let message), .schema(let message): message
        case .engine(let code, let message): "storage engine error \(code): \(message)"
        }
    }
}

/// An error that was thrown because of another one, which it carries.
public protocol CausedError: Error {
    var cause: any Error { get }
}

extension StorageError {
    /// What the store said; nil where it is not the store that failed.
    init?(behind error: any Error) {
        if let error = error as? StorageError {
            self = error
        } else if let error = error as? any CausedError {
            self.init(behind: error.cause)
        } else {
            return nil
        }
    }
}
