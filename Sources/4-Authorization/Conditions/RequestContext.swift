/// The name of a condition key. Names are compared without regard to case, the part after a `/` included.
public struct ConditionKey: Sendable, Hashable, CustomStringConvertible {
    /// Lower-cased.
    public let description: String
    private let digest: UInt64

    public init(_ name: String) {
        // Letter by letter, as tags are told apart: a sigma is the same one wherever it stands.
        description = name.lowercased()
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in description.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.digest = digest
    }

    /// Whether a name is that of this key: without regard to case.
    public func isNamed(_ name: String) -> Bool {
        let (own, other) = (description.utf8Span.span, name.utf8Span.span)
        var isSame = own.count == other.count
        for index in other.indices {
            let byte = other[index]
            if byte >= 0x80 { return ConditionKey(name) == self }
            if isSame { isSame = own[index] == ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) }
        }
        return isSame
    }

    public static func == (left: ConditionKey, right: ConditionKey) -> Bool {
        left.digest == right.digest && left.description == right.description
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

/// What a request says for one condition key.
public enum ContextValue: Sendable, Hashable {
    /// A key declared single-valued.
    case single(String)
    /// A key declared `ArrayOf…`, however many values came. No values at all count as an absent key.
    case multiple([String])
}

/// The condition keys of one request. Some twenty keys: a list is faster than a table.
public struct RequestContext: Sendable {
    /// True for the simulation APIs, whose comparisons differ from real ones in two places: text that is no number is not
    /// unequal to one either, and a network that cannot be read ends the scan of its list.
    public var isSimulation = false
    private var entries: [(key: ConditionKey, value: ContextValue)] = []
    /// Asked for keys that are not in the list, so that costly values are made only when a policy names them.
    private let later: (@Sendable (ConditionKey) -> ContextValue?)?

    /// - Parameter count: how many keys will be set.
    public init(expecting count: Int = 24, later: (@Sendable (ConditionKey) -> ContextValue?)? = nil) {
        self.later = later
        if count > 0 { entries.reserveCapacity(count) }
    }

    /// Sets a key; nil or an empty list removes it.
    public mutating func set(_ key: ConditionKey, _ value: ContextValue?) {
        let known = entries.indices.first { entries[$0].key == key }
        switch (value, known) {
        case (nil, nil), (.multiple([])?, nil): break
        case (nil, let index?), (.multiple([])?, let index?): entries.remove(at: index)
        case (let value?, let index?): entries[index].value = value
        case (let value?, nil): entries.append((key, value))
        }
    }

    /// Sets a single-valued key; nil removes it.
    public mutating func set(_ name: String, _ value: String?) { set(ConditionKey(name), value.map { .single($0) }) }
    /// Sets a multivalued key; no values remove it.
    public mutating func set(_ name: String, values: [String]) { set(ConditionKey(name), .multiple(values)) }

    /// Nil if the key is absent.
    public func value(of key: ConditionKey) -> ContextValue? {
        for index in entries.indices where entries[index].key == key { return entries[index].value }
        guard let later, let value = later(key) else { return nil }
        if case .multiple(let list) = value, list.isEmpty { return nil }
        return value
    }

    /// The keys present, in the order they were set; those supplied later are not among them.
    public var keys: [ConditionKey] { entries.map(\.key) }
}
