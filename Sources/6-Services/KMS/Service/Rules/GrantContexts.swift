import Authorization
import KMSAPI
import World

/// The encryption contexts that a grant may be bound to where a call brings this one, in the order in which grants lie.
///
/// A grant lies by its `bound`: the pairs of its context, each as `name:value;` in hexadecimal, in the order of their bytes.
/// One that asks for exactly its pairs has a `~` before them. No pair is the beginning of another, so the texts lie as the
/// lists of pairs do, and from any of them the next that this context meets follows without a look at those between.
///
/// Names are compared without regard to case, so they lie lower-cased. One that is no plain ASCII then lies as none: how other
/// letters are lower-cased may change with Unicode. A grant may lie under some of its pairs alone, without the `~`: whoever
/// meets it finds it there too. So do a few that are older than this order.
struct GrantContexts: Sendable {
    /// In the order of their bytes.
    private let pairs: [String]
    /// Where those lie that ask for exactly these pairs; nil where none can.
    private let whole: String?

    /// - Parameter exactly: whether those that ask for exactly these pairs are meant too.
    init(within context: [String: String], exactly: Bool = true) {
        pairs = GrantContexts.pairs(context)
        let canBeWhole = exactly && !context.isEmpty && context.count <= GrantLimits.pairs
        whole = canBeWhole ? GrantContexts.exactly + pairs.joined() : nil
    }

    /// Where a grant with this constraint lies.
    static func bound(equals: [String: String]?, subset: [String: String]?) -> String {
        (equals == nil ? "" : exactly) + pairs(equals ?? subset ?? [:]).joined()
    }

    /// The first place that does not precede this one; nil where there is none.
    func first(from place: String) -> String? {
        if let some = GrantContexts.first(of: pairs[...], from: place.utf8[...]) { return some }
        return whole.flatMap { $0.utf8.lexicographicallyPrecedes(place.utf8) ? nil : $0 }
    }

    /// The first list of some of the pairs, in their order, that does not precede a text.
    private static func first(of pairs: ArraySlice<String>, from text: Substring.UTF8View) -> String? {
        if text.isEmpty { return "" }
        for (index, pair) in zip(pairs.indices, pairs) {
            if text.starts(with: pair.utf8) {
                let rest = first(of: pairs[(index + 1)...], from: text.dropFirst(pair.utf8.count))
                if let rest { return pair + rest }
            } else if text.lexicographicallyPrecedes(pair.utf8) {
                return pair
            }
        }
        return nil
    }

    private static let exactly = "~"

    private static func pairs(_ context: [String: String]) -> [String] {
        guard !context.isEmpty else { return [] }
        let pairs = Set(context.map { "\(digits(name($0.key))):\(digits($0.value));" })
        return pairs.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func name(_ name: String) -> String {
        let name = ConditionKey(name).description
        return name.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? name : ""
    }

    private static func digits(_ text: String) -> String { Hexadecimal.string(Array(text.utf8)) }
}
