/// A twelve-digit account number, such as `111122223333`.
public struct AccountID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let description: String

    /// Nil unless `text` is exactly twelve ASCII digits.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        description = String(text)
    }

    public static func < (left: AccountID, right: AccountID) -> Bool { left.description < right.description }
}
