/// The resource of a question: an ARN cut at its first five colons, or `*` for an action without resource types.
public struct ResourceName: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    let colons: Colons?

    public init(_ text: String) {
        description = text
        colons = Colons(text.utf8Span.span)
    }

    /// The resource of actions that have none.
    public static let none = ResourceName("*")
    public var isNone: Bool { description == "*" }
}

/// Offsets of the first five colons of an ARN-like text.
struct Colons: Sendable, Hashable {
    let first, second, third, fourth, fifth: Int

    init?(_ text: borrowing Span<UInt8>) {
        var found = (0, 0, 0, 0)
        var count = 0
        for index in 0..<text.count where text[index] == UInt8(ascii: ":") {
            count += 1
            switch count {
            case 1: found.0 = index
            case 2: found.1 = index
            case 3: found.2 = index
            case 4: found.3 = index
            default:
                (first, second, third, fourth, fifth) = (found.0, found.1, found.2, found.3, index)
                return
            }
        }
        return nil
    }

    /// The bytes of part `index` (0 to 5) of a text of `count` bytes.
    func range(_ index: Int, count: Int) -> Range<Int> {
        switch index {
        case 0: 0..<first
        case 1: first + 1..<second
        case 2: second + 1..<third
        case 3: third + 1..<fourth
        case 4: fourth + 1..<fifth
        default: fifth + 1..<count
        }
    }
}
