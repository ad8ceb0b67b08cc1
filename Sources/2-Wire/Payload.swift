public import HTTP

/// A request's body as a codec takes it.
public enum Payload: Sendable {
    case bytes([UInt8])
    /// For operations whose input streams; the codec passes it on unread.
    case stream(any RequestBody)

    var isEmpty: Bool { if case .bytes(let bytes) = self { bytes.isEmpty } else { false } }
}

/// An input, and what the request said beyond it.
public struct Decoded<Input: Sendable>: Sendable {
    public let input: Input
    /// Names of parameters, headers or members the shape does not have; at most sixteen. Refuse them or say why not.
    public let unknownParameters: [String]
}
