/// What an XML text may cost. Reading stops at the first limit passed.
///
/// Memory stays below the text's bytes, and 40 for each element; work grows with the bytes.
public struct XMLLimits: Sendable {
    public var bytes: Int
    public var depth: Int
    public var elements: Int
    /// Of one element, namespace declarations included.
    public var attributes: Int

    public init(bytes: Int = 2 << 20, depth: Int = 32, elements: Int = 20_000, attributes: Int = 64) {
        (self.bytes, self.depth, self.elements, self.attributes) = (bytes, depth, elements, attributes)
    }
}
