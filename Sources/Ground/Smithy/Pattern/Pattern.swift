/// A model's regular expression, which a value must match as a whole.
///
/// Matching takes time proportional to the text: an automaton is run over it, nothing is tried twice.
public final class Pattern: Sendable {
    public let source: String
    private let form: Form

    private enum Form: Sendable {
        /// One class, repeated: most patterns of IAM.
        case every(CharacterClass, allowsEmpty: Bool)
        case automaton(Automaton)
    }

    /// Nil where the source uses syntax that this matcher does not know.
    public convenience init?(_ source: String) {
        guard let node = PatternParser.node(source) else { return nil }
        self.init(source, node)
    }

    /// A pattern that a caller brings, who may mean no good: nil also where repetitions of repetitions would make it huge.
    public convenience init?(untrusted source: String) {
        guard let node = PatternParser.node(source), node.stateCount <= Pattern.mostStates else { return nil }
        self.init(source, node)
    }

    /// Of a caller's pattern. Each character of a text takes as many steps at worst.
    private static let mostStates = 2000

    private init(_ source: String, _ node: PatternParser.Node) {
        self.source = source
        if case .repetition(.character(let set), let min, nil) = node, min <= 1 {
            form = .every(set, allowsEmpty: min == 0)
        } else {
            form = .automaton(Automaton(node))
        }
    }

    public func matches(_ text: String) -> Bool {
        switch form {
        case .every(let set, let allowsEmpty):
            (allowsEmpty || !text.isEmpty) && text.unicodeScalars.allSatisfy { set.contains($0.value) }
        case .automaton(let automaton): automaton.matches(text)
        }
    }
}
