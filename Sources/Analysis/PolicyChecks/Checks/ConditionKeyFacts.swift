import Catalogue

/// What is known of a condition key by its name.
enum ConditionKeyFacts {
    /// The published key; nil for keys of identity providers and for keys that nobody publishes.
    static func find(_ name: String) -> ServiceAuthorization.Key? {
        if let global = GlobalConditionKeys.find(name) { return global.key }
        guard let prefix = prefix(name) else { return nil }
        if let key = ServiceAuthorization.find(prefix)?.key(name) { return key }
        // Claims of identity providers, and the keys of SAML, are STS's.
        return ServiceAuthorization.find("sts")?.key(name)
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
        return prefix.contains(".") || prefix.contains("/") || ["saml", "cognito-identity-auth", "cognito-identity-unauth"].contains(prefix)
    }

    /// Families of keys that are named with a tag behind a slash, without it.
    static let tagFamilies: Set<String> = ["aws:resourcetag", "aws:requesttag", "aws:principaltag"]

    /// Whether the service publishes the key for the action, be it for one of its resource types only.
    static func belongs(_ name: String, to action: ServiceAuthorization.Action, of service: ServiceAuthorization) -> Bool {
        let wanted = name.lowercased()
        func holds(_ keys: [String]) -> Bool { keys.contains { isSame(wanted, $0.lowercased()) } }
        return holds(action.keys)
            || action.resources.contains { target in
                holds(target.keys) || holds(service.resourceType(target.type)?.keys ?? [])
            }
    }

    private static func isSame(_ wanted: String, _ published: String) -> Bool {
        guard let slash = published.firstIndex(of: "/") else { return wanted == published }
        let rest = published[published.index(after: slash)...]
        guard rest.isEmpty || rest.hasPrefix("$") || rest.hasPrefix("<") else { return wanted == published }
        return wanted.hasPrefix(published[...slash])
    }
}
