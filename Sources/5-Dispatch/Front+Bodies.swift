import HTTP

extension Front {
    /// Reads a body to its end. - Throws: where it is longer than `most` bytes, not what its head promised, or one too many.
    /// - Parameter isProved: whether the head's signature was verified, so that it is known who sends.
    func collect(
        _ body: any RequestBody, most: Int = largestUsualDocument, isProved: Bool = false
    ) async throws -> [UInt8] {
        let bodies = isProved ? provedBodies : bodies
        if let length = body.declaredLength, length > most { throw Front.tooLarge }
        guard var bytes = try await body.next() else { return [] }
        var counted = try bodies.grow(to: bytes.count, from: 0)
        defer { bodies.release(counted) }
        while let more = try await body.next() {
            bytes += more
            if bytes.count > most { throw Front.tooLarge }
            counted = try bodies.grow(to: bytes.count, from: counted)
        }
        if bytes.count > most { throw Front.tooLarge }
        return bytes
    }
}
