/// A model's regular expression over a whole string.
package struct Pattern: Sendable {
    package let source: String

    package init(_ source: String) {
        self.source = source
    }
}
