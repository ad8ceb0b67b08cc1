import AWS
import Authentication
import Authorization

/// The words of a refusal: who, what, on which resource, and which layer of policies said no.
///
/// - Source: IAM User Guide, "Access denied error messages". The ARN of the denying policy follows for callers of the
///   resource's own account; callers from outside are given no reason.
struct Denial {
    private let ask: Ask
    private let facts: RequestFacts
    private let decision: Decision
    private let policies: PolicySet

    init(_ ask: Ask, _ facts: RequestFacts, _ decision: Decision, _ policies: PolicySet) {
        (self.ask, self.facts, self.decision, self.policies) = (ask, facts, decision, policies)
    }

    var message: String {
        guard let arn = facts.caller.principal.arn else { return AccessDenied.anonymous.message }
        var text = "User: \(arn) is not authorized to perform: \(ask.action)"
        if ask.resource != "*" || ask.action.service == "iam" || ask.action.service == "s3" || ask.action.service == "sts" {
            text += " on resource: \(ask.resource == "*" ? starResource : ask.resource)"
        }
        return text + (facts.account == ask.owner ? reason : "")
    }

    /// Actions without a resource are shown on everything of the caller's account, as S3 shows `arn:aws:s3:::*`.
    private var starResource: String { ask.action.service == "s3" ? "arn:aws:s3:::*" : "*" }

    private var reason: String {
        if decision.outcome == .explicitDeny {
            return " with an explicit deny in \(article(layerName))" + (deciding.map { ": " + $0 } ?? "")
        }
        return " because no \(layerName) allows the \(ask.action) action"
    }

    private func article(_ name: String) -> String {
        if name == "role trust policy" { return "the " + name }
        return (name.hasPrefix("identity") ? "an " : "a ") + name
    }

    private var layerName: String {
        switch decision.layer {
        case .scp: "service control policy"
        case .rcp: "resource control policy"
        case .endpoint: "VPC endpoint policy"
        case .resource: ask.side.kind == .roleTrust ? "role trust policy" : "resource-based policy"
        case .boundary: "permissions boundary"
        case .session: "session policy"
        case .identity, .root, .both, .unconditional: "identity-based policy"
        }
    }

    /// The ARN of the managed policy that denied.
    private var deciding: String? {
        guard let index = decision.statement.map({ Int($0.policy) }) else { return nil }
        switch decision.layer {
        case .identity: return policies.identity.indices.contains(index) ? policies.identity[index].arn : nil
        case .boundary: return policies.boundary?.arn
        default: return nil
        }
    }
}
