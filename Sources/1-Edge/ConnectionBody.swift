import HTTP

/// A request's body as its handler sees it: reads from the connection when asked, and only then.
final class ConnectionBody: RequestBody {
    let declaredLength: Int64?
    private let connection: Connection
    private let serial: Int

    init(_ connection: Connection, _ serial: Int) {
        (self.connection, self.serial, declaredLength) = (connection, serial, connection.body.declaredLength)
    }

    func takeWhole() -> [UInt8]? { connection.loop.isCurrent ? connection.takeWholeBody(serial) : nil }

    func holdUntilEnd() {
        let (connection, serial) = (connection, serial)
        connection.loop.perform { connection.holdBody(serial) }
    }

    func next() async throws -> [UInt8]? {
        if connection.loop.isCurrent {
            if connection.loop.shouldYield() { await Task.yield() }
            switch connection.readBody(serial) {
            case .piece(let bytes): return bytes
            case .end: return nil
            case .failed(let error): throw error
            case .blocked: break
            }
        }
        // Unsafe, that is unchecked: `Connection` resumes a reader once, when it takes it out of `body.reader`.
        let (connection, serial) = (connection, serial)
        return try await withUnsafeThrowingContinuation { continuation in
            connection.loop.perform { connection.awaitBody(serial, continuation) }
        }
    }
}

/// The body of a request that has none.
final class EmptyBody: RequestBody {
    static let only = EmptyBody()
    let declaredLength: Int64? = 0
    func takeWhole() -> [UInt8]? { [] }
    func next() async throws -> [UInt8]? { nil }
}
