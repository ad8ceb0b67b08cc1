/// An action of a request, such as `s3:GetObject`: shown as given, matched without regard to case.
///
/// A class: there are as many as a server has actions, and each is asked about again and again.
public final class ActionName: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    /// Both lower-cased (ASCII).
    public let service: String
    public let name: String
    /// The whole, lower-cased.
    let lowered: [UInt8]
    let serviceBytes: [UInt8]
    let nameBytes: [UInt8]

    /// Text without a colon has an empty name and is matched by `*` alone.
    public init(_ text: String) {
        description = text
        let lowered = ASCII.lowercased(text)
        self.lowered = Array(lowered.utf8)
        if let colon = lowered.utf8.firstIndex(of: UInt8(ascii: ":")) {
            service = String(lowered[..<colon])
            name = String(lowered[lowered.utf8.index(after: colon)...])
        } else {
            (service, name) = (lowered, "")
        }
        (serviceBytes, nameBytes) = (Array(service.utf8), Array(name.utf8))
    }

    /// As given, case included: for sets and tests. Policies match without regard to case.
    public static func == (left: ActionName, right: ActionName) -> Bool { left.description == right.description }

    /// Fits `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// One entry of an Action or NotAction list, read once. Prefix and name are matched apart.
/// - Source: IAM User Guide, "IAM JSON policy elements: Action".
struct ActionPattern: Sendable {
    private enum Form: Sendable { case any, never, pattern }
    private let form: Form
    private let service: Glob
    private let name: Glob
    /// What an action must begin with to match; nil if none does.
    let prefix: Prefix?

    init(_ text: String) {
        let lowered = ASCII.lowercased(text)
        guard let colon = lowered.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            form = text == "*" ? .any : .never
            (service, name) = (.anything, .anything)
            prefix = text == "*" ? Prefix.none : nil
            return
        }
        form = .pattern
        prefix = Prefix(lowered.utf8)
        service = Glob(lowered[..<colon].utf8)
        name = Glob(lowered[lowered.utf8.index(after: colon)...].utf8)
    }

    func matches(_ action: ActionName) -> Bool {
        switch form {
        case .any: true
        case .never: false
        case .pattern: matches(action.serviceBytes, action.nameBytes)
        }
    }

    private func matches(_ service: [UInt8], _ name: [UInt8]) -> Bool {
        self.service.matches(service.span) && self.name.matches(name.span)
    }
}

/// Case of ASCII letters only.
enum ASCII {
    static func lowercased(_ text: String) -> String {
        guard text.utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return text }
        return String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// True if `text` is `true` in any case, which is how policies read booleans.
    static func isTrue(_ text: String) -> Bool {
        let utf8 = text.utf8
        return utf8.count == 4 && zip(utf8, "true".utf8).allSatisfy { $0 | 0x20 == $1 }
    }
}
