/// What an XML text may cost. Reading stops at the first limit passed.
package struct XMLLimits: Sendable {
    package var bytes: Int
    package var depth: Int
    package var elements: Int

    package init(bytes: Int = 2 << 20, depth: Int = 32, elements: Int = 20_000) {
        (self.bytes, self.depth, self.elements) = (bytes, depth, elements)
    }
}
