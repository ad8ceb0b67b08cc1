/// What a text must begin with to match a pattern.
///
/// Prefixes are told apart by a digest. Two with the same digest are taken for one, which costs a test and never an answer:
/// whatever is found by a prefix is then matched in full.
struct Prefix: Sendable, Hashable {
    let digest: UInt64
    /// In bytes.
    let length: Int32
    /// True if nothing may follow.
    let isWhole: Bool

    /// Every text begins with it.
    static let none = Prefix(digest: Digest.start, length: 0, isWhole: false)

    func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

extension Prefix {
    init(_ beginning: Beginning) { self.init(beginning.bytes, isWhole: beginning.isWhole) }

    fileprivate init(_ bytes: ArraySlice<UInt8>, isWhole: Bool) {
        self.init(digest: bytes.reduce(Digest.start, Digest.add), length: Int32(bytes.count), isWhole: isWhole)
    }
}

/// FNV-1a: each byte more is one step more.
enum Digest {
    static let start: UInt64 = 0xCBF2_9CE4_8422_2325
    static func add(_ digest: UInt64, _ byte: UInt8) -> UInt64 { (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// Of the first 0, 1, 2 … bytes.
    static func ofBeginnings(_ bytes: [UInt8]) -> [UInt64] {
        var digests = [start]
        digests.reserveCapacity(bytes.count + 1)
        for byte in bytes { digests.append(add(digests[digests.count - 1], byte)) }
        return digests
    }
}

/// A pattern up to its first wildcard or variable.
struct Beginning {
    let bytes: ArraySlice<UInt8>
    /// True if it is the whole pattern, and nothing may follow.
    let isWhole: Bool

    /// - Parameters:
    ///   - isOpen: true if more may follow than the pattern tells.
    ///   - passing: how many bytes at the beginning are taken as they are, wildcards or not.
    init(of pattern: ArraySlice<UInt8>, isOpen: Bool = false, passing: Int = 0) {
        let literal = pattern.dropFirst(passing).prefix {
            $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "$")
        }
        bytes = pattern[pattern.startIndex..<literal.endIndex]
        isWhole = !isOpen && bytes.count == pattern.count
    }
}

/// The prefixes of all patterns of an element, without those that others make needless: a text has at most one of them.
struct Prefixes: Sendable {
    let all: [Prefix]
    /// What all of them begin with.
    let common: Prefix

    /// Of an element that may match anything.
    static let none = Prefixes(all: [.none], common: .none)

    private init(all: [Prefix], common: Prefix) { (self.all, self.common) = (all, common) }

    init(_ beginnings: [Beginning]) {
        // In this order, whatever begins with an open one follows it directly.
        let sorted = beginnings.sorted { left, right in
            left.bytes.elementsEqual(right.bytes)
                ? !left.isWhole && right.isWhole : left.bytes.lexicographicallyPrecedes(right.bytes)
        }
        var kept: [Beginning] = []
        for next in sorted {
            if let last = kept.last, next.bytes.starts(with: last.bytes),
                !last.isWhole || next.isWhole && next.bytes.count == last.bytes.count
            {
                continue
            }
            kept.append(next)
        }
        all = kept.map { Prefix($0) }
        guard let first = kept.first, let last = kept.last, kept.count > 1 else {
            common = all.first ?? .none
            return
        }
        let shared = zip(first.bytes, last.bytes).prefix { $0 == $1 }.count
        common = Prefix(first.bytes.prefix(shared), isWhole: false)
    }
}
