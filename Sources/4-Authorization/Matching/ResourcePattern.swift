/// One entry of a Resource or NotResource list, read once.
///
/// Pattern and ARN are matched part by part, so a `*` before the fifth colon does not cross colons; variables work in
/// the resource part only.
/// - Source: IAM User Guide, "Resource"; short ARNs as reported for IAM.
final class ResourcePattern: Sendable {
    private enum Form: Sendable { case any, never, literalHead, parts }
    private let form: Form
    /// Of `literalHead`: the first five parts, which hold no wildcard, with their colons.
    private let head: [UInt8]
    /// Of `parts`: the first five parts.
    private let parts: [Glob]
    private let last: TextPattern

    init(_ text: String, variables: Bool, shortForm: ShortForm) {
        let bytes = Array(text.utf8)
        let colons = Colons(bytes.span)
        guard text != "*", colons != nil || shortForm.allows(text) else {
            form = text == "*" ? .any : .never
            (head, parts, last) = ([], [], .anything)
            return
        }
        let start = colons.map { $0.fifth + 1 } ?? bytes.count
        last =
            colons == nil ? .anything : TextPattern(Array(bytes[start...]), variables: variables, wildcards: true)
        if colons != nil, bytes[..<start].allSatisfy({ Glob.code($0) < Glob.run }) {
            (form, head, parts) = (.literalHead, Array(bytes[..<start]), [])
            return
        }
        let pieces = bytes[..<start].split(
            separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        var globs = pieces.prefix(5).map { Glob($0) }
        while globs.count < 5 { globs.append(.anything) }
        (form, head, parts) = (.parts, [], globs)
    }

    /// What a resource must begin with to match the pattern `text`; nil if none does.
    static func beginning(of text: String, shortForm: ShortForm) -> Beginning? {
        let bytes = Array(text.utf8)
        let isShort = bytes.count { $0 == UInt8(ascii: ":") } < 5
        guard !isShort || text == "*" || shortForm.allows(text) else { return nil }
        return Beginning(of: bytes[...], isOpen: isShort)
    }

    /// The keys that variables in the resource part stand for.
    var variables: [ConditionKey] { last.variables }

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
        switch form {
        case .any: return true
        case .never: return false
        case .literalHead:
            guard let colons = resource.colons, colons.fifth + 1 == head.count else { return false }
            let text = resource.description.utf8Span.span
            for index in 0..<head.count where text[index] != head[index] { return false }
            return last.matches(text.extracting(head.count..<text.count), in: context)
        case .parts:
            guard let colons = resource.colons else { return false }
            let text = resource.description.utf8Span.span
            for index in 0..<5 where !parts[index].matches(text.extracting(colons.range(index, count: text.count))) {
                return false
            }
            return last.matches(text.extracting(colons.range(5, count: text.count)), in: context)
        }
    }
}
