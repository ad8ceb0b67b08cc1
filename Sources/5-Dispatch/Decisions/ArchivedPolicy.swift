import Authorization
import Formats
import Journal
import World

/// A policy as records refer to it, worked out once for each that is held in memory.
final class ArchivedPolicy: Sendable {
    let text: KeptPolicies.Text
    /// The condition keys it refers to.
    let keys: [ConditionKey]
    /// The policy alone, as that of a resource.
    let side: KeptPolicies

    private init(_ policy: CompiledPolicy) {
        text = KeptPolicies.Text(policy.text)
        keys = policy.conditionKeys
        var description = PolicyDescription()
        description.add(policy, name: "", arn: nil, text.digest, as: .resource, level: 0)
        side = KeptPolicies(description.bytes, [text])
    }

    static func of(_ policy: CompiledPolicy) -> ArchivedPolicy { policy.remembered { ArchivedPolicy(policy) } }
}

extension CallerPolicies {
    /// What records say of a caller's policies; nil where there are none.
    static func kept(_ set: PolicySet) -> (policies: KeptPolicies, keys: [ConditionKey])? {
        var description = PolicyDescription()
        var texts: [KeptPolicies.Text] = []
        var keys: [ConditionKey] = []
        for layer in Layer.allCases {
            for (level, list) in set.levels(of: layer).enumerated() {
                // A session policy that allows nothing is another thing than none; so is an empty level.
                description.begin(layer, level: level)
                for named in list {
                    let archived = ArchivedPolicy.of(named.policy)
                    description.add(
                        named.policy, name: named.name, arn: named.arn, archived.text.digest, as: layer, level: level)
                    texts.append(archived.text)
                    for key in archived.keys where !keys.contains(key) { keys.append(key) }
                }
            }
        }
        let isNothing = set.identity.isEmpty && set.boundary == nil && set.session == nil
        return isNothing ? nil : (KeptPolicies(description.bytes, texts), keys)
    }
}

/// The policies of a decision, layer by layer, as the archive keeps them: their kinds and names, and the digests of their
/// texts. Each part begins with a byte of its own; texts have a length in two bytes.
struct PolicyDescription {
    private enum Mark {
        static let level: UInt8 = 1
        static let policy: UInt8 = 2
    }

    private(set) var bytes: [UInt8] = []

    init() {}

    mutating func begin(_ layer: Layer, level: Int) { bytes += [Mark.level, layer.code, UInt8(clamping: level)] }

    mutating func add(
        _ policy: CompiledPolicy, name: String, arn: String?, _ digest: [UInt8], as layer: Layer, level: Int
    ) {
        bytes += [Mark.policy, layer.code, UInt8(clamping: level)]
        text(policy.kind.name)
        text(name)
        text(arn ?? "")
        bytes += digest
    }

    private mutating func text(_ text: String) {
        let utf8 = text.utf8.prefix(Int(UInt16.max))
        bytes.append(UInt8(utf8.count >> 8))
        bytes.append(UInt8(utf8.count & 0xFF))
        bytes += utf8
    }

    /// The digests of the texts that a description names.
    static func texts(_ bytes: [UInt8]) -> [[UInt8]] {
        var digests: [[UInt8]] = []
        _ = read(bytes) { digest in
            digests.append(digest)
            return []
        }
        return digests
    }

    /// The policies that a description tells of, their texts found by `text`. Nil where it is none, or a text is missing.
    static func read(_ bytes: [UInt8], text: ([UInt8]) -> [UInt8]?) -> PolicySet? {
        var reader = DescriptionReader(bytes)
        var levels: [Layer: [[NamedPolicy]]] = [:]
        while let mark = reader.byte() {
            guard let code = reader.byte(), let layer = Layer(code: code), let level = reader.byte() else { return nil }
            while levels[layer, default: []].count <= Int(level) { levels[layer, default: []].append([]) }
            if mark == Mark.level { continue }
            guard mark == Mark.policy, let kind = reader.text().flatMap(PolicyKind.init(named:)),
                let name = reader.text(), let arn = reader.text(), let digest = reader.bytes(KeptPolicies.digestBytes),
                let document = text(digest)
            else { return nil }
            levels[layer, default: []][Int(level)].append(
                NamedPolicy(CompiledPolicy(stored: document, as: kind), name: name, arn: arn.isEmpty ? nil : arn))
        }
        var set = PolicySet()
        (set.scps, set.rcps) = (levels[.scp], levels[.rcp])
        set.identity = levels[.identity]?.first ?? []
        set.session = levels[.session]?.first
        (set.boundary, set.resource) = (levels[.boundary]?.first?.first, levels[.resource]?.first?.first)
        set.endpoint = levels[.endpoint]?.first?.first
        return set
    }
}

private struct DescriptionReader {
    private let all: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { all = bytes }

    mutating func byte() -> UInt8? { bytes(1)?.first }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count <= all.count - at else { return nil }
        defer { at += count }
        return Array(all[at..<at + count])
    }

    mutating func text() -> String? {
        guard let head = bytes(2), let text = bytes(Int(head[0]) << 8 | Int(head[1])) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }
}
