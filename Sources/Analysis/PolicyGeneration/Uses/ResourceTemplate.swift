/// The form of a resource type's ARNs: `arn:${Partition}:s3:::${BucketName}/${ObjectName}`, taken apart.
struct ResourceTemplate: Sendable {
    enum Part: Sendable, Hashable {
        case text(String)
        case placeholder(String)
    }

    let type: String
    /// Partition to account; each is one text or one placeholder, or has a wildcard of its own.
    let head: [[Part]]
    /// What comes behind the fifth colon.
    let resource: [Part]

    /// Nil for what is no ARN.
    init?(_ text: String, type: String) {
        let pieces = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard pieces.count == 6, pieces[0] == "arn" else { return nil }
        self.type = type
        head = pieces[1..<5].map(ResourceTemplate.parts)
        resource = ResourceTemplate.parts(pieces[5])
    }

    private static func parts(_ text: Substring) -> [Part] {
        var parts: [Part] = []
        var rest = text
        while let start = rest.firstRange(of: "${") {
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            if start.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<start.lowerBound]))) }
            parts.append(.placeholder(String(rest[start.upperBound..<end])))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }

    /// An ARN of this form, cut before what its last placeholder stands for.
    struct Match {
        /// Up to the last placeholder.
        let stem: String
        /// What the last placeholder stands for, to the end of the ARN.
        let name: String
        /// False where a wildcard in the place of the name could reach into another account.
        let mayGeneralise: Bool
    }

    /// Nil if `arn` has another form. An empty name is let through: listings are asked about `…:user/`.
    func match(_ arn: String) -> Match? {
        let pieces = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard pieces.count == 6, pieces[0] == "arn", matchesHead(pieces[1..<5]) else { return nil }
        var rest = pieces[5]
        for (index, part) in resource.enumerated() {
            switch part {
            case .text(let text):
                guard rest.starts(with: text) else { return nil }
                rest = rest[rest.index(rest.startIndex, offsetBy: text.count)...]
            case .placeholder:
                guard index + 1 < resource.count else { return match(arn, name: rest, account: pieces[4]) }
                guard case .text(let next) = resource[index + 1], let end = rest.firstRange(of: next),
                    end.lowerBound > rest.startIndex
                else { return nil }
                rest = rest[end.lowerBound...]
            }
        }
        return rest.isEmpty ? Match(stem: arn, name: "", mayGeneralise: false) : nil
    }

    private func match(_ arn: String, name: Substring, account: Substring) -> Match {
        let stem = arn[..<name.startIndex]
        // A bucket's name stands alone in its ARN: a pattern in its place would reach buckets of others.
        let isFirst = resource.count { if case .placeholder = $0 { true } else { false } } == 1
        return Match(stem: String(stem), name: String(name), mayGeneralise: !account.isEmpty || !isFirst)
    }

    private func matchesHead(_ pieces: ArraySlice<Substring>) -> Bool {
        zip(head, pieces).allSatisfy { parts, piece in
            switch parts.first {
            case nil: piece.isEmpty
            case .text(let text)?: parts.count > 1 || text == "*" || text == piece
            case .placeholder?: true
            }
        }
    }

    /// How much of the resource part is fixed: of two forms that match, the one that says more is meant.
    var literalCount: Int {
        resource.reduce(0) { sum, part in
            if case .text(let text) = part { sum + text.count } else { sum }
        }
    }

    /// The one of `templates` that `arn` fits best.
    static func best(for arn: String, among templates: [ResourceTemplate]) -> (
        template: ResourceTemplate, match: Match
    )? {
        var best: (template: ResourceTemplate, match: Match)?
        for template in templates where template.literalCount > best?.template.literalCount ?? -1 {
            if let match = template.match(arn) { best = (template, match) }
        }
        return best
    }
}
