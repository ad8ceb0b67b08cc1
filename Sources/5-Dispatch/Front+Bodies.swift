import HTTP

extension Front {
    /// Reads a body to its end. - Throws: where it is longer than `most` bytes, not what its head promised, or one too many.
    /// - Parameter isProved: whether the head's signature was verified, so that it is known who sends.
    func collect(
        _ body: any RequestBody, of head: RequestHead, most: Int = largestUsualDocument, isProved: Bool = false
    ) async throws -> [UInt8] {
        try await collectHeld(body, of: head, most: most, isProved: isProved).bytes
    }

    /// The same, with the room that it takes, for a body which is worked on for long.
    func collectHeld(
        _ body: any RequestBody, of head: RequestHead, most: Int, isProved: Bool = false
    ) async throws -> (bytes: [UInt8], room: BodyRoom?) {
        if let length = body.declaredLength, length > most { throw Front.tooLarge }
        guard var bytes = try await body.next() else { return ([], nil) }
        let room = BodyRoom(in: isProved ? provedBodies : bodies, for: head.connection)
        try room.grow(to: bytes.count)
        while let more = try await body.next() {
            bytes += more
            if bytes.count > most { throw Front.tooLarge }
            try room.grow(to: bytes.count)
        }
        if bytes.count > most { throw Front.tooLarge }
        return (bytes, room)
    }
}
