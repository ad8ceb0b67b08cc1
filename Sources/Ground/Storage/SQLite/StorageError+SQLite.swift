import CSQLite
import CSystem

extension StorageError {
    /// The error a connection has just reported.
    init(_ database: OpaquePointer?) {
        let extended = sqlite3_extended_errcode(database)
        let message = sqlite3_errmsg(database).map { String(cString: $0) } ?? "no memory"
        switch extended & 0xFF {
        case SQLITE_FULL: self = .full
        case SQLITE_IOERR
        where extended == StorageError.failedWrite && StorageError.meansFull(gh_sqlite_log_errno(database)):
            self = .full
        case SQLITE_CONSTRAINT: self = .constraint(message)
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message)
        default: self = .engine(code: extended, message: message)
        }
    }

    /// `SQLITE_IOERR_WRITE` and the two of syncs, whose macros are not imported.
    private static let failedWrite = SQLITE_IOERR | (3 << 8)
    private static let failedSyncs = [SQLITE_IOERR | (4 << 8), SQLITE_IOERR | (5 << 8)]

    /// Quotas and file size limits are a full disk by another name.
    private static func meansFull(_ errno: Int32) -> Bool { errno == ENOSPC || errno == EDQUOT || errno == EFBIG }

    /// A sync that failed may have lost what earlier syncs only promised: nothing more can be acknowledged.
    var isFailedSync: Bool {
        guard case .engine(let code, _) = self else { return false }
        return StorageError.failedSyncs.contains(code)
    }
}
