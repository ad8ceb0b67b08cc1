import Catalogue

/// What is known of a condition key by its name.
enum ConditionKeyFacts {
    /// The published key; nil for keys of identity providers and for keys that nobody publishes.
    static func find(_ name: String) -> ServiceAuthorization.Key? {
        if let global = global(name) { return global }
        guard let prefix = prefix(name) else { return nil }
        // Claims of identity providers, and the keys of SAML, are STS's.
        for service in [prefix] + ServiceAuthorization.publishers(ofKeysWith: prefix) + ["sts"] {
            guard let service = ServiceAuthorization.find(service) else { continue }
            if let key = service.key(name)
                ?? service.keys.first(where: { isSame(name.lowercased(), $0.name.lowercased()) })
            {
                return key
            }
        }
        return nil
    }

    /// The global key of that name.
    static func global(_ name: String) -> ServiceAuthorization.Key? {
        let wanted = name.lowercased()
        if let key = globals[wanted] { return key }
        guard let slash = wanted.firstIndex(of: "/"), wanted.index(after: slash) < wanted.endIndex else { return nil }
        return globals[String(wanted[...slash])]
    }

    private static let globals = Dictionary(GlobalConditionKeys.all.map { ($0.key.name.lowercased(), $0.key) }) {
        first, _ in
        first
    }

    /// What stands before the colon, in lower case; nil without a colon.
    static func prefix(_ name: String) -> String? {
        name.lastIndex(of: ":").map { _ in
            String(name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)[0]).lowercased()
        }
    }

    static func isGlobal(_ name: String) -> Bool { name.lowercased().hasPrefix("aws:") }

    /// Whether the key is a claim of an identity provider: those have the provider's domain for a prefix.
    static func isClaim(_ name: String) -> Bool {
        guard let prefix = prefix(name) else { return false }
        return prefix.contains(".") || prefix.contains("/")
            || ["saml", "cognito-identity-auth", "cognito-identity-unauth"].contains(prefix)
    }

    /// Families of keys that are named with a tag behind a slash, without it.
    static let tagFamilies: Set<String> = ["aws:resourcetag", "aws:requesttag", "aws:principaltag"]

    /// Whether the service publishes the key for the action, be it for one of its resource types only.
    static func belongs(_ name: String, to action: ServiceAuthorization.Action, of service: ServiceAuthorization)
        -> Bool
    {
        let wanted = name.lowercased()
        func holds(_ keys: [String]) -> Bool { keys.contains { isSame(wanted, $0.lowercased()) } }
        return holds(action.keys)
            || action.resources.contains { target in
                holds(target.keys) || holds(service.resourceType(target.type)?.keys ?? [])
            }
    }

    /// Whether a key is the published one, or one of a published family such as `kms:EncryptionContext:${…}`.
    private static func isSame(_ wanted: String, _ published: String) -> Bool {
        if wanted == published { return true }
        var pattern = WildText.opened(published)
        if let angle = pattern.firstIndex(of: "<") { pattern = pattern[..<angle] + "*" }
        if pattern.hasSuffix("/tag-key") { pattern = pattern.dropLast("tag-key".count) + "*" }
        if pattern.hasSuffix("/") { pattern += "*" }
        return pattern != published && wanted.utf8.count >= pattern.utf8.count && WildText.covers(pattern, wanted)
    }
}
