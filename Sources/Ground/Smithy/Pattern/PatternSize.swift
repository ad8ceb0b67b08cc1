extension PatternParser.Node {
    /// How many states an automaton needs for it; a huge number stands for every larger one.
    var stateCount: Int {
        switch self {
        case .empty: 0
        case .character, .notFollowedBy, .atStart, .atEnd: 1
        case .sequence(let nodes): nodes.reduce(0) { Self.sum($0, $1.stateCount) }
        case .alternatives(let nodes): nodes.reduce(0) { Self.sum($0, Self.sum($1.stateCount, 1)) }
        case .repetition(let node, let min, let max): Self.repeated(node.stateCount, max ?? Swift.max(min, 1) + 1)
        }
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// Each time may be the last one, which takes a state more.
    private static func repeated(_ count: Int, _ times: Int) -> Int {
        let (product, overflow) = sum(count, 1).multipliedReportingOverflow(by: times)
        return overflow ? .max : product
    }
}
