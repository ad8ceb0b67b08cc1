/// What an XML text may cost. Reading stops at the first limit passed.
public struct XMLLimits: Sendable {
    public var bytes: Int
    public var depth: Int
    public var elements: Int

    public init(bytes: Int = 2 << 20, depth: Int = 32, elements: Int = 20_000) {
        (self.bytes, self.depth, self.elements) = (bytes, depth, elements)
    }
}
