/// The text of an access denied error.
/// - Source: IAM User Guide, "Troubleshoot access denied error messages"; AWS Security Blog, "Enhanced access denied error
///   messages with policy ARNs".
public struct DenialMessage: Sendable {
    /// How a service prints the resource.
    public enum ResourceStyle: Sendable { case plain, quoted, omitted }

    public var resourceStyle = ResourceStyle.plain
    /// How the message names the resource where the service does not use its ARN, such as `user alice`.
    public var resourceTitle: String?
    /// False for callers of another account and organization, who are told no reason.
    public var tellsReason = true
    /// Of a KMS key of another account whose side does not let the caller: he is told all that may be so, and not which of
    /// them. The key is not named.
    /// - Source: AWS Backup Developer Guide, "Create a logically air-gapped vault", on `FAILED` vaults; answers in
    ///   kubernetes-sigs/aws-encryption-provider#141.
    public var hidesKey = false

    public init(resourceStyle: ResourceStyle = .plain, resourceTitle: String? = nil, tellsReason: Bool = true) {
        (self.resourceStyle, self.resourceTitle, self.tellsReason) = (resourceStyle, resourceTitle, tellsReason)
    }

    /// The whole message for a decision that denies.
    public func text(_ question: Question, _ decision: Decision, under policies: PolicySet) -> String {
        let subject = question.subject
        let who = subject.arn ?? subject.name ?? "anonymous"
        var text = "User: \(who) is not authorized to perform: \(question.action)"
        if hidesKey { return text + DenialMessage.hiddenKey }
        let resource = resourceTitle ?? question.resource.description
        switch resourceStyle {
        case .plain: text += " on resource: \(resource)"
        case .quoted: text += " on resource: \"\(resource)\""
        case .omitted: break
        }
        guard tellsReason, let reason = reason(question, decision, policies) else { return text }
        return text + reason
    }

    private static let hiddenKey =
        " on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a "
        + "resource-based policy explicitly denies access"

    private func reason(_ question: Question, _ decision: Decision, _ policies: PolicySet) -> String? {
        let isTrust = policies.resourceKind == .roleTrust
        guard let kind = decision.layer.title(trust: isTrust) else { return nil }
        switch decision.outcome {
        case .allowed: return nil
        case .implicitDeny: return " because no \(kind) allows the \(question.action) action"
        case .explicitDeny:
            let article = decision.layer == .identity ? "an" : decision.layer == .resource && isTrust ? "the" : "a"
            return " with an explicit deny in \(article) \(kind)\(arn(decision, policies))"
        }
    }

    /// Of policies of IAM and Organizations; those of resources and endpoints have none.
    private func arn(_ decision: Decision, _ policies: PolicySet) -> String {
        switch decision.layer {
        case .scp, .rcp, .identity, .boundary, .session:
            policies.denyingPolicy(of: decision)?.arn.map { ": " + $0 } ?? ""
        case .endpoint, .resource, .root, .both, .unconditional: ""
        }
    }
}
