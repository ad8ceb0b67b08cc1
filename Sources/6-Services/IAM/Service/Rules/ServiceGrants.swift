import Authorization
import Catalogue

/// Which services permissions policies give something of.
///
/// As AWS's access advisor does, only permissions policies count, and only whether they allow: not boundaries, organizations'
/// policies, resources or conditions. What they deny counts where it is denied on all resources and under no condition.
/// - Source: IAM API Reference, "GetServiceLastAccessedDetails"; IAM User Guide, "Refine permissions using last accessed
///   information"; what denials do as captured from AWS in radkawar/stackd, `docs/iam-last-access.md`, commit 9dc356f.
enum ServiceGrants {
    /// In byte order of their prefixes: those of which some action is allowed by one of the policies, and denied by none.
    static func services(of policies: [CompiledPolicy]) -> [ServiceAuthorization] {
        let denying = policies.filter { $0.document.statements.contains(where: \.isDenialEverywhere) }
        return ServiceAuthorization.prefixes.filter { prefix in policies.contains { grants($0, prefix) } }
            .compactMap(ServiceAuthorization.find)
            .filter { service in denying.isEmpty || isAnyLeft(of: service, policies, denying) }
    }

    private static func isAnyLeft(
        of service: ServiceAuthorization, _ policies: [CompiledPolicy], _ denying: [CompiledPolicy]
    ) -> Bool {
        service.actions.contains { action in
            let name = ActionName("\(service.prefix):\(action.name)")
            return !denying.contains { $0.deniesEverywhere(name) } && policies.contains { $0.allows(anyOf: [name]) }
        }
    }

    /// Whether the policy, taken alone, allows any action of a service, and does not deny the service whole.
    static func grants(_ policy: CompiledPolicy, _ prefix: String) -> Bool {
        guard !policy.isBroken, policy.document.statements.contains(where: { mayAllow($0, prefix) }),
            !policy.document.statements.contains(where: { deniesWhole($0, prefix) }),
            let service = ServiceAuthorization.find(prefix)
        else { return false }
        return policy.allows(anyOf: service.actions.lazy.map { ActionName("\(prefix):\($0.name)") })
    }

    private static func deniesWhole(_ statement: PolicyStatement, _ prefix: String) -> Bool {
        statement.isDenialEverywhere
            && statement.action?.contains { ["*", "*:*", prefix + ":*"].contains($0.lowercased()) } == true
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
