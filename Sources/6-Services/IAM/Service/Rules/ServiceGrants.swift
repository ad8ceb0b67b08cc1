import Authorization
import Catalogue

/// Which services permissions policies give something of.
///
/// As AWS's access advisor does, only permissions policies count, and only whether they allow: not boundaries, organizations'
/// policies, resources or conditions.
/// - Source: IAM API Reference, "GetServiceLastAccessedDetails"; IAM User Guide, "Refine permissions using last accessed
///   information".
enum ServiceGrants {
    /// In byte order of their prefixes.
    static func services(of policies: [CompiledPolicy]) -> [ServiceAuthorization] {
        ServiceAuthorization.prefixes.filter { prefix in policies.contains { grants($0, prefix) } }
            .compactMap(ServiceAuthorization.find)
    }

    /// Whether the policy allows any action of a service.
    static func grants(_ policy: CompiledPolicy, _ prefix: String) -> Bool {
        guard !policy.isBroken, policy.document.statements.contains(where: { mayAllow($0, prefix) }),
            let service = ServiceAuthorization.find(prefix)
        else { return false }
        return policy.allows(anyOf: service.actions.lazy.map { ActionName("\(prefix):\($0.name)") })
    }

    /// A quick look at the texts: most statements name a few services only.
    private static func mayAllow(_ statement: PolicyStatement, _ prefix: String) -> Bool {
        guard statement.effect == "Allow" else { return false }
        guard let actions = statement.action else { return true }
        return actions.contains { text in
            let service = text.prefix { $0 != ":" }
            return service.contains("*") || service.contains("?") || service.lowercased() == prefix
        }
    }
}

/// The services that AWS publishes, by namespace.
enum ServiceNames {
    static func has(_ namespace: String) -> Bool { ServiceAuthorization.find(namespace)?.prefix == namespace }
}
