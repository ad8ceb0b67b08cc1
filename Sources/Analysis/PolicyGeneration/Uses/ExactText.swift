/// A text that equals the same bytes only. Two names that Unicode calls equivalent are two resources to AWS, while
/// `String` would take them for one, and a policy would forget the other.
struct ExactText: Hashable, Comparable, Sendable {
    let text: String

    init(_ text: some StringProtocol) { self.text = String(text) }

    static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    static func < (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xFF))
    }

    func begins(with start: ExactText) -> Bool { text.utf8.starts(with: start.text.utf8) }
}
