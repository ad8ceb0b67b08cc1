import Authentication
import HTTP

extension Front {
    /// Reads a body to its end. - Throws: where it is longer than `most` bytes, not what its head promised, too slow, or one
    /// too many.
    func collect(
        _ body: any RequestBody, of head: RequestHead, by sender: BodySender, most: Int = largestUsualDocument
    ) async throws -> [UInt8] {
        try await collectHeld(body, of: head, by: sender, most: most).bytes
    }

    /// The same, with the room that it takes, which counts until nobody needs the body any more.
    func collectHeld(
        _ body: any RequestBody, of head: RequestHead, by sender: BodySender, most: Int = largestUsualDocument
    ) async throws -> (bytes: [UInt8], room: BodyRoom?) {
        if let length = body.declaredLength, length > most { throw Front.tooLarge }
        body.holdUntilEnd()
        guard var bytes = try await body.next() else { return ([], nil) }
        let room = BodyRoom(in: budget(of: sender), for: head.connection, by: sender)
        try room.grow(to: bytes.count)
        while let more = try await body.next() {
            bytes += more
            if bytes.count > most { throw Front.tooLarge }
            try room.grow(to: bytes.count)
        }
        if bytes.count > most { throw Front.tooLarge }
        return (bytes, room)
    }

    private func budget(of sender: BodySender) -> BodyBudget {
        if case .proved = sender { return provedBodies }
        return bodies
    }

    /// What counts the signed chunks of that request. Nil where it has none.
    func holding(_ proved: Authenticated, _ head: RequestHead) -> VerifiedBody.Holding? {
        guard case .signedChunks = proved.payload else { return nil }
        let part = RoomPart(
            of: chunks, for: head.connection, key: proved.caller.accessKeyID, free: Front.usualChunk)
        return { held in guard part.take(held) else { throw BodiesFull.asS3 } }
    }

    /// SDKs that sign chunks send 64 or 128 KiB in each.
    private static let usualChunk = 128 << 10
}
