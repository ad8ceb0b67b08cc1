public import HTTP

/// A request's body as a codec takes it.
public enum Payload: Sendable {
    case bytes([UInt8])
    /// For operations whose input streams; the codec passes it on unread.
    case stream(any RequestBody)

    var isEmpty: Bool { if case .bytes(let bytes) = self { bytes.isEmpty } else { false } }
}
