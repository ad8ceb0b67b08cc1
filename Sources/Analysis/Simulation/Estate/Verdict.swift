import AWS
public import Authorization

/// The answer to one question of an estate.
public struct Verdict: Sendable {
    /// Whether what is known decides it.
    public enum Certainty: String, Sendable { case allowed, depends, denied }

    /// As the door would decide it if the keys that are not given were absent.
    public let decision: Decision
    /// What holds whatever the keys that are not given may be.
    public let certainty: Certainty
    /// What decided, for people, with the node of the organization where one did.
    public let reason: String
    /// The statements that could make it another: given only where it depends on them.
    public let open: [OpenStatement]
}

extension Estate {
    /// Decides one question three times: as it stands, and with everything unknown in the caller's favour and against.
    public func verdict(_ caller: EstateCaller, _ action: String, on resource: String) -> Verdict {
        var set = caller.policies
        if let (policy, kind) = resourcePolicy(of: resource) { (set.resource, set.resourceKind) = (policy, kind) }
        return verdict(caller, ActionName(action), on: resource, under: set)
    }

    func verdict(_ caller: EstateCaller, _ action: ActionName, on resource: String, under set: PolicySet) -> Verdict {
        let (question, context) = question(caller, action, resource)
        let decision = decide(question, under: set, in: context)
        let best = decide(question, under: set.supposing(.favourable, knowing: caller), in: context)
        let worst = decide(question, under: set.supposing(.unfavourable, knowing: caller), in: context)
        let certainty: Verdict.Certainty = worst.isAllowed ? .allowed : best.isAllowed ? .depends : .denied
        return Verdict(
            decision: decision, certainty: certainty, reason: reason(decision, set),
            open: certainty == .depends ? openStatements(question, under: set, in: context, knowing: caller) : [])
    }

    /// The question, and its context with what the resource itself tells.
    func question(_ caller: EstateCaller, _ action: ActionName, _ resource: String) -> (Question, RequestContext) {
        let owner =
            ARN(resource)?.accountID ?? resourceAccount ?? dump.entities.first?.account ?? caller.subject.account
        var question = Question(caller.subject, action, on: ResourceName(resource), of: owner)
        question.isResourceInManagementAccount = owner != nil && owner == managementAccount
        question.isServiceLinkedTarget = resource.contains(":role/aws-service-role/")
        var context = caller.context
        if let owner, context.value(of: ConditionKey("aws:ResourceAccount")) == nil {
            context.set("aws:ResourceAccount", owner.description)
        }
        return (question, context)
    }

    private func reason(_ decision: Decision, _ set: PolicySet) -> String {
        let place = decision.place(in: set)
        guard decision.statement != nil else {
            let missing = decision.layer == .scp ? scps : decision.layer == .rcp ? rcps : nil
            let names = (missing ?? []).map(\.name).joined(separator: " → ")
            return names.isEmpty ? place : "\(place) (levels \(names))"
        }
        let levels = decision.layer == .scp ? scps : decision.layer == .rcp ? rcps : nil
        guard let levels, let index = decision.statement, levels.indices.contains(Int(index.level)) else {
            return "\(decision.layer.rawValue) policy \(place)"
        }
        return "\(decision.layer.rawValue) at \(levels[Int(index.level)].name): \(place)"
    }
}
