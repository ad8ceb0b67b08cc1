/// A twelve-digit account number, such as `111122223333`.
package struct AccountID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    /// Nil unless `text` is exactly twelve ASCII digits.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        description = String(text)
    }

    package static func < (left: AccountID, right: AccountID) -> Bool { left.description < right.description }
}
