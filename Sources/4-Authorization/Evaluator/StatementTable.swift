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

    private let denies, allows: PrefixTable<Bucket>

    /// A statement, and where it stands: the policy in its list and the statement in it.
    struct Entry: Sendable {
        let policy, index: Int32
        let statement: CompiledStatement
    }

    /// Statements whose actions begin alike, by their resources where there are many of them.
    private enum Bucket: Sendable {
        case few([Entry])
        case many(PrefixTable<[Entry]>)
    }

    /// Lists of policies, each with its statements.
    init(_ lists: [[CompiledStatement]]) {
        var entries: [Entry] = []
        for (policy, statements) in lists.enumerated() {
            for (index, statement) in statements.enumerated() {
                entries.append(Entry(policy: Int32(policy), index: Int32(index), statement: statement))
            }
        }
        denies = StatementTable.byAction(entries.filter(\.statement.isDeny))
        allows = StatementTable.byAction(entries.filter { !$0.statement.isDeny })
    }

    private static func byAction(_ entries: [Entry]) -> PrefixTable<Bucket> {
        var found: [Prefix: [Entry]] = [:]
        for entry in entries {
            for prefix in entry.statement.actionPrefixes.all { found[prefix, default: []].append(entry) }
        }
        return PrefixTable(found.mapValues { $0.count > leastCount ? .many(byResource($0)) : .few($0) })
    }

    private static func byResource(_ entries: [Entry]) -> PrefixTable<[Entry]> {
        var found: [Prefix: [Entry]] = [:]
        for entry in entries {
            let prefixes = entry.statement.resourcePrefixes
            if entry.statement.actionPrefixes.all.count * prefixes.all.count > mostPlaces {
                found[prefixes.common, default: []].append(entry)
            } else {
                for prefix in prefixes.all { found[prefix, default: []].append(entry) }
            }
        }
        return PrefixTable(found)
    }

    /// Calls `body` with each statement that may match and has the effect. Lists are in the order in which policies are
    /// written, and left when `body` is false; between lists there is no order.
    func forEachCandidate(
        denying: Bool, _ action: ActionName, _ resource: ResourceName, _ body: (Entry) -> Bool
    ) {
        let (action, resource) = (action.lowered, resource.description)
        (denying ? denies : allows).find(action.span) { bucket in
            switch bucket {
            case .few(let entries): for entry in entries where !body(entry) { return }
            case .many(let table):
                let text = resource.utf8Span
                table.find(text.span) { entries in for entry in entries where !body(entry) { return } }
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
        if values.isEmpty { return }
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
