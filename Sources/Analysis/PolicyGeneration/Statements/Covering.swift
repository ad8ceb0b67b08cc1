/// A pattern that stands for many resources of one type, more than were used.
public struct Generalisation: Sendable {
    public let pattern: String
    /// How many resources were used that it stands for.
    public let count: Int
}

/// The resource patterns of one action.
struct Covering: Sendable {
    private var patterns: Set<ExactText> = []
    private(set) var generalisations: [Generalisation] = []

    /// In byte order, each once.
    var texts: [String] { patterns.sorted().map(\.text) }

    /// - Parameter most: how many names may stand side by side before a pattern takes their place; nil keeps each.
    init(_ action: KnownAction, _ resources: [UsedResource], most: Int?) {
        guard !action.hasNoResourceTypes, !resources.contains(where: \.isNone) else {
            patterns = [ExactText("*")]
            return
        }
        let templates = action.templates
        var families: [ExactText: Set<ExactText>] = [:]
        for resource in resources {
            switch resource {
            case .none: break
            case .oneOf(let pattern): patterns.insert(ExactText(pattern))
            case .arn(let arn):
                if most != nil, let match = ResourceTemplate.best(for: arn, among: templates)?.match,
                    match.mayGeneralise
                {
                    families[ExactText(match.stem), default: []].insert(ExactText(match.name))
                } else {
                    patterns.insert(ExactText(PatternText.literal(arn)))
                }
            }
        }
        for (stem, names) in families { add(stem.text, NameCover.cover(names, most: most ?? names.count)) }
        // Of some newer kinds of ARN, such as IAM's delegation requests, no policy may speak.
        if patterns.contains(where: { !Storable.accepts($0.text) }) {
            (patterns, generalisations) = ([ExactText("*")], [])
        }
        dropCovered()
        generalisations.sort { ExactText($0.pattern) < ExactText($1.pattern) }
    }

    private mutating func add(_ stem: String, _ covers: [NameCover]) {
        for cover in covers {
            let pattern = PatternText.literal(stem + cover.prefix) + (cover.isOpen ? "*" : "")
            patterns.insert(ExactText(pattern))
            if cover.isOpen { generalisations.append(Generalisation(pattern: pattern, count: cover.count)) }
        }
    }

    /// Removes what another pattern, which ends in its only wildcard, stands for already.
    private mutating func dropCovered() {
        for open in patterns where open.text.utf8.last == UInt8(ascii: "*") {
            let head = ExactText(open.text.dropLast())
            // Wildcards before the fifth colon do not cross it; a head without any holds all five.
            guard !PatternText.hasWildcard(head.text), head.text.utf8.count(where: { $0 == UInt8(ascii: ":") }) >= 5
            else { continue }
            patterns = patterns.filter { $0 == open || !$0.begins(with: head) }
        }
    }
}

/// Names, or what several of them begin with.
struct NameCover: Sendable {
    let prefix: String
    /// True if anything may follow.
    let isOpen: Bool
    /// How many names it stands for.
    let count: Int

    /// The names themselves while there are few; folders, or common beginnings up to a separator, where there are many.
    static func cover(_ names: Set<ExactText>, most: Int) -> [NameCover] {
        guard names.count > most else {
            return names.sorted().map { NameCover(prefix: $0.text, isOpen: false, count: 1) }
        }
        let start = sharedStart(names)
        var folders: [ExactText: Set<ExactText>] = [:]
        var direct: Set<ExactText> = []
        for name in names {
            let utf8 = name.text.utf8
            if let slash = utf8.dropFirst(start.utf8.count).firstIndex(of: UInt8(ascii: "/")) {
                folders[ExactText(name.text[...slash]), default: []].insert(name)
            } else {
                direct.insert(name)
            }
        }
        if direct.count + folders.count > most { return [NameCover(prefix: start, isOpen: true, count: names.count)] }
        return cover(direct, most: most) + folders.sorted { $0.key < $1.key }.flatMap { cover($0.value, most: most) }
    }

    /// What all names begin with, up to the last `/`; where no name has one, up to the last other separator.
    private static func sharedStart(_ names: Set<ExactText>) -> String {
        guard let first = names.min()?.text, let last = names.max()?.text else { return "" }
        // Of names in order, what the first and the last share, all share.
        let shared = zip(first.utf8, last.utf8).prefix { $0 == $1 }.count
        let common = Array(first.utf8.prefix(shared))
        let separators =
            names.contains { $0.text.utf8.contains(UInt8(ascii: "/")) } ? Array("/".utf8) : Array("-_.".utf8)
        guard let end = common.lastIndex(where: separators.contains) else { return "" }
        return String(decoding: common[...end], as: UTF8.self)
    }
}
