import CSystem

/// Small answers that leave by one call at the end of a loop's turn.
///
/// Sent one by one, each would wake its client, which then takes the processor from the loop between two of them.
final class Mailbag {
    private let context = gh_parcels_make()
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 64)
    private var parcels: [gh_parcel] = []
    private var filled = 0

    /// Fewer are sent one by one.
    private static let least = 2

    deinit {
        gh_parcels_drop(context)
        bytes.deallocate()
    }

    /// False where there is no room, or the kernel takes no bags: such a message goes its own way.
    func add(_ message: [UInt8], to socket: Int32) -> Bool {
        guard context != 0, parcels.count < Int(GH_PARCELS), filled + message.count <= bytes.count else {
            return false
        }
        message.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]).copyMemory(from: $0) }
        parcels.append(gh_parcel(socket: socket, start: UInt32(filled), count: UInt32(message.count), sent: 0))
        filled += message.count
        return true
    }

    /// Sends what was added and empties the bag. What became of each message, in the order of adding: the bytes taken, or
    /// a negative error number; nil where none was sent.
    func send() -> [Int]? {
        defer {
            parcels.removeAll(keepingCapacity: true)
            filled = 0
        }
        guard parcels.count >= Mailbag.least, gh_send_all(context, bytes.baseAddress, &parcels, parcels.count) == 0
        else { return nil }
        return parcels.map { Int($0.sent) }
    }
}
