/// Finds the statements that may match a question without looking at the others.
///
/// Statements lie under what their actions begin with, and where many share that, under what their resources begin with.
/// What is found, it may be twice, is then tested as any statement is: the table leaves out only what cannot match.
///
/// Its size, and the time to make it, are bound to the length of the policies, whatever they say (`mostPlaces`).
final class StatementTable: Sendable {
    /// Fewer statements are tested faster than they are looked up.
    static let leastCount = 24
    /// In how many places one statement may lie. The resources of one that would need more count as one, by what all of
    /// them begin with.
    private static let mostPlaces = 64

    private let entries: [Entry]

    private let denies, allows: PrefixTable<Bucket>

    /// A statement, and where it stands: the policy in its list and the statement in it.
    struct Entry: Sendable {
        let policy, index: Int32
        let statement: CompiledStatement
    }

    /// Statements whose actions begin alike, by their resources where there are many of them.
    private enum Bucket: Sendable {
        case few([Int32])
        case many(PrefixTable<[Int32]>)
    }

    /// Lists of policies, each with its statements.
    init(_ lists: [[CompiledStatement]]) {
        var entries: [Entry] = []
        for (policy, statements) in lists.enumerated() {
            for (index, statement) in statements.enumerated() {
                entries.append(Entry(policy: Int32(policy), index: Int32(index), statement: statement))
            }
        }
        self.entries = entries
        denies = StatementTable.byAction(entries) { $0.isDeny }
        allows = StatementTable.byAction(entries) { !$0.isDeny }
    }

    private static func byAction(_ entries: [Entry], _ isWanted: (CompiledStatement) -> Bool) -> PrefixTable<Bucket> {
        var found: [Prefix: [Int32]] = [:]
        for number in entries.indices where isWanted(entries[number].statement) {
            for prefix in entries[number].statement.actionPrefixes.all {
                found[prefix, default: []].append(Int32(number))
            }
        }
        // Actions that stand together in every statement share one table.
        var made: [[Int32]: PrefixTable<[Int32]>] = [:]
        return PrefixTable(
            found.mapValues { numbers in
                guard numbers.count > leastCount else { return .few(numbers) }
                let table = made[numbers] ?? byResource(numbers, entries)
                made[numbers] = table
                return .many(table)
            })
    }

    private static func byResource(_ numbers: [Int32], _ entries: [Entry]) -> PrefixTable<[Int32]> {
        var found: [Prefix: [Int32]] = [:]
        for number in numbers {
            let statement = entries[Int(number)].statement
            let prefixes = statement.resourcePrefixes
            if statement.actionPrefixes.all.count * prefixes.all.count > mostPlaces {
                found[prefixes.common, default: []].append(number)
            } else {
                for prefix in prefixes.all { found[prefix, default: []].append(number) }
            }
        }
        return PrefixTable(found)
    }

    /// In how many places the statements lie.
    var placeCount: Int {
        [denies, allows].flatMap(\.all).reduce(0) { count, bucket in
            switch bucket {
            case .few(let numbers): count + numbers.count
            case .many(let table): table.all.reduce(count) { $0 + $1.count }
            }
        }
    }

    /// Calls `body` with each statement that may match and has the effect. Lists are in the order in which policies are
    /// written, and left when `body` is false; between lists there is no order.
    func forEachCandidate(
        denying: Bool, _ action: ActionName, _ resource: ResourceName, _ body: (Entry) -> Bool
    ) {
        let places = denying ? denies : allows
        if places.isEmpty { return }
        let (named, unnamed, resource) = (action.lowered, action.ofAnyService, resource.description)
        func visit(_ numbers: [Int32]) { for number in numbers where !body(entries[Int(number)]) { return } }
        func visit(_ bucket: Bucket) {
            switch bucket {
            case .few(let numbers): visit(numbers)
            case .many(let table):
                let text = resource.utf8Span
                table.find(text.span) { visit($0) }
            }
        }
        places.find(named.span) { visit($0) }
        // What begins with nothing was found already.
        places.find(unnamed.span, from: 2) { visit($0) }
    }
}

/// Values under prefixes: one walk along a text finds all whose prefix it begins with.
struct PrefixTable<Value: Sendable>: Sendable {
    private let values: [Prefix: Value]
    /// By length: whether any prefix is so long that others may follow, and any behind which nothing may.
    private let lengths: [(open: Bool, whole: Bool)]

    init(_ values: [Prefix: Value]) {
        self.values = values
        var lengths = [(open: Bool, whole: Bool)](
            repeating: (false, false), count: 1 + Int(values.keys.lazy.map(\.length).max() ?? -1))
        for prefix in values.keys {
            if prefix.isWhole {
                lengths[Int(prefix.length)].whole = true
            } else {
                lengths[Int(prefix.length)].open = true
            }
        }
        self.lengths = lengths
    }

    var isEmpty: Bool { values.isEmpty }
    var all: [Value] { Array(values.values) }

    /// - Parameter shortest: prefixes with fewer bytes are not looked for.
    func find(_ text: borrowing Span<UInt8>, from shortest: Int = 0, _ body: (Value) -> Void) {
        var digest = Digest.start
        for length in 0..<lengths.count {
            if length >= shortest {
                let found = lengths[length]
                if found.open { find(Prefix(digest: digest, length: Int32(length), isWhole: false), body) }
                if found.whole, length == text.count {
                    find(Prefix(digest: digest, length: Int32(length), isWhole: true), body)
                }
            }
            guard length < text.count else { return }
            digest = Digest.add(digest, text[length])
        }
    }

    private func find(_ prefix: Prefix, _ body: (Value) -> Void) {
        if let value = values[prefix] { body(value) }
    }
}
