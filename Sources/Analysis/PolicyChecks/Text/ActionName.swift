import Catalogue

/// An entry of `Action` or `NotAction` taken apart.
struct ActionName {
    let text: String
    /// In lower case; `*` for the entry `*`.
    let prefix: String
    /// As written, behind the colon.
    let name: String
    let hasColon: Bool

    init(_ text: String) {
        self.text = text
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        hasColon = parts.count == 2
        prefix = parts[0].lowercased()
        name = hasColon ? parts[1] : "*"
    }

    var isEverything: Bool { text == "*" }
    /// A name without wildcards.
    var isLiteral: Bool { hasColon && !WildText.isWild(text) }
    var service: ServiceAuthorization? { ServiceAuthorization.find(prefix) }

    /// The published actions that the entry matches; none for `*` and prefixes with wildcards.
    var matched: [ServiceAuthorization.Action] {
        guard hasColon, let service else { return [] }
        guard WildText.isWild(name) else { return service.action(name).map { [$0] } ?? [] }
        let pattern = name.lowercased()
        return service.actions.filter { WildText.covers(pattern, $0.name.lowercased()) }
    }

    /// Whether the entry matches an action such as `iam:PassRole`.
    func matches(_ action: String) -> Bool { WildText.covers(text.lowercased(), action.lowercased()) }
}
