import CSQLite

/// A prepared statement and the memory its parameters are bound from. Used by one thread at a time, with its connection.
final class Statement {
    let pointer: OpaquePointer
    private let parameterCount: Int
    /// Text and blob parameters are copied here and bound in place; kept from run to run, so a bind allocates nothing.
    private var arena: UnsafeMutableRawBufferPointer
    /// Between its binding and its reset. A statement in use is not lent a second time.
    var isInUse = false

    /// The most an idle statement keeps allocated for parameters.
    private static let keptArena = 64 * 1024

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        parameterCount = Int(sqlite3_bind_parameter_count(pointer))
        arena = .init(start: nil, count: 0)
    }

    deinit {
        sqlite3_finalize(pointer)
        arena.deallocate()
    }

    /// Binds all parameters; how many there are is fixed by the SQL, so a wrong count is a bug of ours.
    func bind(_ values: [SQLValue]) throws {
        precondition(
            values.count == parameterCount, "a statement has \(parameterCount) parameters, not \(values.count)")
        makeRoom(for: values)
        var offset = 0
        for index in values.indices {
            let status =
                switch values[index] {
                case .int(let value): sqlite3_bind_int64(pointer, Int32(index + 1), value)
                case .null: sqlite3_bind_null(pointer, Int32(index + 1))
                case .text(let text): bindText(text, Int32(index + 1), at: &offset)
                case .blob(let bytes): bindBlob(bytes, Int32(index + 1), at: &offset)
                }
            guard status == SQLITE_OK else { throw StorageError.engine(code: status, message: "a value was not bound") }
        }
    }

    /// True where there is a row, false at the end.
    @inline(__always)
    func step() throws -> Bool {
        let status = sqlite3_step(pointer)
        if status == SQLITE_ROW { return true }
        if status == SQLITE_DONE { return false }
        throw StorageError(sqlite3_db_handle(pointer))
    }

    /// Ends the run: no row of it may be read any more.
    func reset() {
        sqlite3_reset(pointer)
        isInUse = false
        if arena.count > Statement.keptArena {
            sqlite3_clear_bindings(pointer)
            arena.deallocate()
            arena = .init(start: nil, count: 0)
        }
    }

    private func makeRoom(for values: [SQLValue]) {
        var needed = 0
        for value in values {
            switch value {
            case .text(let text): needed += text.utf8.count
            case .blob(let bytes): needed += bytes.count
            case .int, .null: break
            }
        }
        guard needed > arena.count else { return }
        arena.deallocate()
        arena = .allocate(byteCount: max(256, needed.nextPowerOfTwo), alignment: 1)
    }

    private func bindText(_ text: String, _ index: Int32, at offset: inout Int) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            let place = copy(UnsafeRawBufferPointer(bytes), at: &offset)
            return gh_sqlite_bind_text(pointer, index, place, Int32(bytes.count))
        }
    }

    private func bindBlob(_ blob: [UInt8], _ index: Int32, at offset: inout Int) -> Int32 {
        blob.withUnsafeBytes { bytes in
            let place = copy(bytes, at: &offset)
            return gh_sqlite_bind_blob(pointer, index, place, Int32(bytes.count))
        }
    }

    /// `makeRoom` has made the arena large enough for all parameters of this run.
    private func copy(_ bytes: UnsafeRawBufferPointer, at offset: inout Int) -> UnsafeRawPointer? {
        // An empty text is bound from the arena too: a null pointer would bind NULL.
        if arena.baseAddress == nil { arena = .allocate(byteCount: 256, alignment: 1) }
        guard let start = arena.baseAddress else { return nil }
        let place = start + offset
        if let source = bytes.baseAddress { place.copyMemory(from: source, byteCount: bytes.count) }
        offset += bytes.count
        return UnsafeRawPointer(place)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
