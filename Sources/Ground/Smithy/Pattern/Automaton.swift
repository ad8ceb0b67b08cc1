/// A nondeterministic automaton after Thompson, run on all its states at once.
struct Automaton: Sendable {
    private enum State: Sendable {
        case character(CharacterClass, next: Int)
        case split(Int, Int)
        case notFollowedBy(CharacterClass, next: Int)
        case atStart(next: Int)
        case atEnd(next: Int)
        case accept
    }

    private var states: [State] = [.accept]
    private var start = 0

    init(_ node: PatternParser.Node) {
        start = add(node, before: 0)
    }

    /// Adds the states of `node` that lead to `next`; the result is where they begin.
    private mutating func add(_ node: PatternParser.Node, before next: Int) -> Int {
        switch node {
        case .empty: return next
        case .character(let set): return add(.character(set, next: next))
        case .notFollowedBy(let set): return add(.notFollowedBy(set, next: next))
        case .atStart: return add(.atStart(next: next))
        case .atEnd: return add(.atEnd(next: next))
        case .sequence(let nodes): return nodes.reversed().reduce(next) { add($1, before: $0) }
        case .alternatives(let nodes):
            let entries = nodes.map { add($0, before: next) }
            return entries.dropLast().reversed().reduce(entries[entries.count - 1]) { add(.split($1, $0)) }
        case .repetition(let node, let min, let max): return repeated(node, min, max, before: next)
        }
    }

    private mutating func repeated(_ node: PatternParser.Node, _ min: Int, _ max: Int?, before next: Int) -> Int {
        var entry = next
        if let max {
            for _ in min..<max { entry = add(.split(add(node, before: entry), next)) }
        } else {
            let loop = add(.split(0, next))
            states[loop] = .split(add(node, before: loop), next)
            entry = loop
        }
        for _ in 0..<min { entry = add(node, before: entry) }
        return entry
    }

    private mutating func add(_ state: State) -> Int {
        states.append(state)
        return states.count - 1
    }

    func matches(_ text: String) -> Bool {
        var current = Front(count: states.count)
        var following = Front(count: states.count)
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        enter(start, &current, isFirst: true, next: next?.value)
        while let scalar = next {
            next = scalars.next()
            following.clear()
            for index in current.list {
                if case .character(let set, let target) = states[index], set.contains(scalar.value) {
                    enter(target, &following, isFirst: false, next: next?.value)
                }
            }
            swap(&current, &following)
            if current.list.isEmpty { return false }
        }
        return current.holds(0)
    }

    /// Adds a state and all it leads to without a character.
    private func enter(_ index: Int, _ front: inout Front, isFirst: Bool, next: UInt32?) {
        var open = [index]
        while let index = open.popLast() {
            guard front.insert(index) else { continue }
            switch states[index] {
            case .character, .accept: break
            case .split(let first, let second): open += [second, first]
            case .notFollowedBy(let set, let target):
                if next.map({ !set.contains($0) }) ?? true { open.append(target) }
            case .atStart(let target): if isFirst { open.append(target) }
            case .atEnd(let target): if next == nil { open.append(target) }
            }
        }
    }

    /// The states the automaton is in.
    private struct Front {
        var list: [Int] = []
        private var marks: [Bool]

        init(count: Int) { marks = Array(repeating: false, count: count) }

        mutating func insert(_ index: Int) -> Bool {
            if marks[index] { return false }
            marks[index] = true
            list.append(index)
            return true
        }
        func holds(_ index: Int) -> Bool { marks[index] }
        mutating func clear() {
            for index in list { marks[index] = false }
            list.removeAll(keepingCapacity: true)
        }
    }
}
