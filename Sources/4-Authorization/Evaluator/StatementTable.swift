/// Finds the statements that may match a question without looking at the others.
///
/// Statements lie under what their actions begin with, and where many share that, under what their resources begin with.
/// What is found is then tested as any statement is: the table leaves out only what cannot match.
///
/// Its size, and the time to make it, are bound to the length of the policies, whatever they say (`mostPlaces`).
final class StatementTable: Sendable {
    /// Fewer statements are tested faster than they are looked up.
    static let leastCount = 24
    /// In how many places one statement may lie. The resources of one that would need more count as one, by what all of
    /// them begin with.
    private static let mostPlaces = 128

    let entries: [Entry]
    private let places: PrefixTable<Bucket>

    struct Entry: Sendable {
        /// Where the statement stands: the policy in its list and the statement in it.
        let policy, index: Int32
        let statement: CompiledStatement
    }

    /// Statements whose actions begin alike, by their resources where there are many of them.
    private enum Bucket: Sendable {
        case few([Int32])
        case many(PrefixTable<[Int32]>)
    }

    init(_ entries: [Entry]) {
        self.entries = entries
        var found: [Prefix: [Int32]] = [:]
        for number in entries.indices {
            for prefix in entries[number].statement.actionPrefixes.all {
                found[prefix, default: []].append(Int32(number))
            }
        }
        places = PrefixTable(
            found.mapValues { numbers in
                numbers.count > StatementTable.leastCount
                    ? .many(StatementTable.byResource(numbers, entries)) : .few(numbers)
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

    /// The entries of one policy, the `policy`th of its list.
    static func entries(of statements: [CompiledStatement], policy: Int) -> [Entry] {
        statements.enumerated().map { Entry(policy: Int32(policy), index: Int32($0.offset), statement: $0.element) }
    }

    /// Calls `body` with each entry that may match, in no order.
    func forEachCandidate(_ action: ActionName, _ resource: ResourceName, _ body: (Entry) -> Void) {
        let (action, resource) = (action.lowered, resource.description)
        places.find(action.span) { bucket in
            switch bucket {
            case .few(let numbers): for number in numbers { body(entries[Int(number)]) }
            case .many(let table):
                let text = resource.utf8Span
                table.find(text.span) { numbers in for number in numbers { body(entries[Int(number)]) } }
            }
        }
    }
}

/// Values under prefixes: one walk along a text finds all whose prefix it begins with.
struct PrefixTable<Value: Sendable>: Sendable {
    private let values: [Prefix: Value]
    /// By length: whether any open prefix is that long.
    private let hasLength: [Bool]

    init(_ values: [Prefix: Value]) {
        self.values = values
        let open = values.keys.lazy.filter { !$0.isWhole }.map { Int($0.length) }
        var hasLength = [Bool](repeating: false, count: 1 + (open.max() ?? 0))
        for length in open { hasLength[length] = true }
        self.hasLength = hasLength
    }

    func find(_ text: borrowing Span<UInt8>, _ body: (Value) -> Void) {
        var digest = Digest.start
        for length in 0...text.count {
            if length < hasLength.count, hasLength[length],
                let value = values[Prefix(digest: digest, length: Int32(length), isWhole: false)]
            {
                body(value)
            }
            if length < text.count { digest = Digest.add(digest, text[length]) }
        }
        if let value = values[Prefix(digest: digest, length: Int32(truncatingIfNeeded: text.count), isWhole: true)] {
            body(value)
        }
    }
}
