/// One entry of a Resource or NotResource list, read once.
///
/// Pattern and ARN are matched part by part, so a `*` before the fifth colon does not cross colons; variables work in the
/// resource part only.
/// - Source: IAM User Guide, "Resource"; short ARNs as reported for IAM.
enum ResourcePattern: Sendable {
    case any
    case never
    /// The first five parts without wildcards, with their colons.
    case literalHead([UInt8], TextPattern)
    case parts([Glob], TextPattern)

    init(_ text: String, variables: Bool, shortForm: ShortForm) {
        if text == "*" {
            self = .any
            return
        }
        let pieces = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard pieces.count == 6 || shortForm.allows(text) else {
            self = .never
            return
        }
        let resource = pieces.count == 6 ? String(Substring(pieces[5])) : "*"
        let last = TextPattern(resource, variables: variables, wildcards: true)
        var head = pieces.prefix(5).map { Glob($0) }
        while head.count < 5 { head.append(.anything) }
        if head.allSatisfy(\.isLiteral) {
            self = .literalHead(Array(text.utf8.prefix(text.utf8.count - resource.utf8.count)), last)
        } else {
            self = .parts(head, last)
        }
    }

    /// What an ARN pattern with fewer than six parts means.
    enum ShortForm {
        /// Missing parts are `*`: identity, boundary and session policies.
        case open
        /// Only if the text holds a wildcard: resource and endpoint policies.
        case openWithWildcard
        /// Only if the text ends in `*`: SCPs.
        case openWithTrailingStar
        /// Never: RCPs.
        case closed

        func allows(_ text: String) -> Bool {
            switch self {
            case .open: true
            case .openWithWildcard: text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
            case .openWithTrailingStar: text.utf8.last == UInt8(ascii: "*")
            case .closed: false
            }
        }
    }

    func matches(_ resource: ResourceName, in context: borrowing RequestContext) -> Bool {
        switch self {
        case .any: return true
        case .never: return false
        case .literalHead(let head, let last):
            guard let colons = resource.colons, colons.fifth + 1 == head.count else { return false }
            let text = resource.description.utf8Span
            for index in 0..<head.count where text.span[index] != head[index] { return false }
            return last.matches(text.span.extracting(head.count..<text.count), in: context)
        case .parts(let head, let last):
            guard let colons = resource.colons else { return false }
            let text = resource.description.utf8Span
            for index in 0..<5 where !head[index].matches(text.span.extracting(colons.range(index, count: text.count))) {
                return false
            }
            return last.matches(text.span.extracting(colons.range(5, count: text.count)), in: context)
        }
    }
}
