import Synchronization

/// How many blobs are read and written just now, so that the pieces of each are smaller where there are many: what all of them
/// keep in memory then grows little.
final class BlobTraffic: Sendable {
    /// One reader or writer, for as long as it lives.
    final class Share: Sendable {
        let traffic: BlobTraffic
        fileprivate init(_ traffic: BlobTraffic) { self.traffic = traffic }
        deinit { traffic.count.subtract(1, ordering: .relaxed) }
    }

    /// How many may have whole pieces.
    static let few = 32
    private let count = Atomic(0)
    private let most: Int

    /// - Parameter most: frames of a whole piece.
    init(most: Int) { self.most = most }

    /// One more.
    func share() -> Share {
        count.add(1, ordering: .relaxed)
        return Share(self)
    }

    /// Frames that are read or written in one go now.
    var frames: Int { count.load(ordering: .relaxed) <= BlobTraffic.few ? most : 1 }
}
