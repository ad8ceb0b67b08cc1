/// Finds the statements that may match a question without looking at the others.
///
/// Statements lie under what their actions begin with, and where many share that, under what their resources begin with.
/// What is found is then tested as any statement is: the table leaves out only what cannot match.
final class StatementTable: Sendable {
    /// Fewer statements are tested faster than they are looked up.
    static let leastCount = 24

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
        for (number, entry) in entries.enumerated() {
            for prefix in Set(entry.statement.actionPrefixes) { found[prefix, default: []].append(Int32(number)) }
        }
        places = PrefixTable(
            found.map { prefix, numbers in
                guard numbers.count > StatementTable.leastCount else { return (prefix, .few(numbers)) }
                var byResource: [Prefix: [Int32]] = [:]
                for number in numbers {
                    for prefix in Set(entries[Int(number)].statement.resourcePrefixes) {
                        byResource[prefix, default: []].append(number)
                    }
                }
                return (prefix, .many(PrefixTable(byResource.map { ($0.key, $0.value) })))
            })
    }

    /// The entries of one policy, the `policy`th of its list.
    static func entries(of statements: [CompiledStatement], policy: Int) -> [Entry] {
        statements.enumerated().map { Entry(policy: Int32(policy), index: Int32($0.offset), statement: $0.element) }
    }

    /// The numbers of the entries that may match, in order, each once.
    func candidates(_ action: ActionName, _ resource: ResourceName) -> [Int32] {
        var found: [Int32] = []
        let (action, resource) = (action.lowered, resource.description)
        places.find(action.span) { bucket in
            switch bucket {
            case .few(let numbers): found += numbers
            case .many(let table):
                let text = resource.utf8Span
                table.find(text.span) { found += $0 }
            }
        }
        if found.count > 1 { found = Set(found).sorted() }
        return found
    }
}

/// What texts must begin with to match a pattern.
struct Prefix: Hashable, Sendable {
    let bytes: [UInt8]
    /// True if nothing may follow.
    let isWhole: Bool

    static let none = Prefix(bytes: [], isWhole: false)

    /// Up to the first wildcard or variable.
    init(_ pattern: some Collection<UInt8>, isOpen: Bool = false) {
        let literal = pattern.prefix { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "$") }
        bytes = Array(literal)
        isWhole = !isOpen && literal.count == pattern.count
    }

    private init(bytes: [UInt8], isWhole: Bool) { (self.bytes, self.isWhole) = (bytes, isWhole) }
}

/// Values under prefixes: one walk along a text finds all whose prefix it begins with.
///
/// Prefixes are told apart by a digest. Two with the same digest are found together, which costs a test and no more.
struct PrefixTable<Value: Sendable>: Sendable {
    private let open: [UInt64: [Value]]
    private let whole: [UInt64: [Value]]
    /// By length: whether any open prefix is that long.
    private let hasLength: [Bool]

    init(_ values: [(Prefix, Value)]) {
        var open: [UInt64: [Value]] = [:]
        var whole: [UInt64: [Value]] = [:]
        var hasLength = [Bool](repeating: false, count: 1 + (values.map(\.0.bytes.count).max() ?? 0))
        for (prefix, value) in values {
            let digest = prefix.bytes.reduce(Digest.start, Digest.add)
            if prefix.isWhole {
                whole[digest, default: []].append(value)
            } else {
                open[digest, default: []].append(value)
                hasLength[prefix.bytes.count] = true
            }
        }
        (self.open, self.whole, self.hasLength) = (open, whole, hasLength)
    }

    func find(_ text: borrowing Span<UInt8>, _ body: (Value) -> Void) {
        var digest = Digest.start
        for length in 0...text.count {
            if length < hasLength.count, hasLength[length] { open[digest]?.forEach(body) }
            if length < text.count { digest = Digest.add(digest, text[length]) }
        }
        whole[digest]?.forEach(body)
    }
}

/// FNV-1a.
private enum Digest {
    static let start: UInt64 = 0xCBF2_9CE4_8422_2325
    static func add(_ digest: UInt64, _ byte: UInt8) -> UInt64 { (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
