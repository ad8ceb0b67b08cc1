import AWS
import Authorization

/// One caller and the verdict on the action asked about.
public struct CallerVerdict: Sendable {
    /// As verdicts name the caller.
    public let caller: String
    /// What is decided, and how surely.
    public let verdict: Verdict
    /// What else it takes, where the caller is not in the dump.
    public let note: String?
}

extension Estate {
    /// The users and roles of the dump that may, and whoever the resource's policy names beside them.
    public func whoCan(_ action: String, on resource: String) -> [CallerVerdict] {
        let inside = dump.callers.map { entity in
            let caller = EstateCaller(entity, session: nil, in: self)
            return CallerVerdict(caller: caller.name, verdict: verdict(caller, action, on: resource), note: nil)
        }
        return (inside + outsiders(action, resource)).filter { $0.verdict.certainty != .denied }
    }

    /// Of people of other accounts only the resource's side is known.
    private func outsiders(_ action: String, _ resource: String) -> [CallerVerdict] {
        guard let policy = resourcePolicy(of: resource)?.policy else { return [] }
        var seen = Set(dump.callers.map(\.arn))
        let allows = policy.policy.document.statements.filter { $0.effect == "Allow" }
        let named = allows.flatMap { statement -> [(name: String, isProvider: Bool)] in
            // NotPrincipal with Allow reaches nobody.
            guard let principal = statement.principal else { return [] }
            guard !principal.isBareStar else { return [("*", false)] }
            return principal.mentions.map { ($0.value, $0.kind == .federated) }
        }
        return named.filter { seen.insert($0.name).inserted }.compactMap { name, isProvider in
            isProvider ? visitor(of: name, action, resource) : outsider(name, action, resource)
        }
    }

    /// Whoever an identity provider vouches for: no policies but the resource's bear on them.
    private func visitor(of provider: String, _ action: String, _ resource: String) -> CallerVerdict {
        var foreign = self
        foreign.scps = nil
        foreign.boundary = nil
        foreign.session = nil
        let kind: Subject.Kind = provider.contains(":saml-provider/") ? .saml : .webIdentity
        let caller = EstateCaller(
            provider, Subject(kind: kind, name: provider), foreign.policies(of: nil), [:], in: foreign)
        return CallerVerdict(
            caller: provider, verdict: foreign.verdict(caller, action, on: resource),
            note: "signed in by this provider")
    }

    private func outsider(_ name: String, _ action: String, _ resource: String) -> CallerVerdict? {
        var foreign = self
        foreign.scps = nil
        foreign.boundary = nil
        foreign.session = nil
        if name == "*" {
            guard let caller = try? EstateCaller("anonymous", in: foreign) else { return nil }
            return CallerVerdict(
                caller: "* (everyone, without signing in too)", verdict: foreign.verdict(caller, action, on: resource),
                note: nil)
        }
        let account = AccountID(name)
        let text = account.map { "arn:aws:iam::\($0):root" } ?? name
        let isOwn = ARN(text)?.accountID.map {
            $0 == (ARN(resource)?.accountID ?? resourceAccount ?? dump.entities.first?.account)
        }
        // The dump tells who may of its own account; a principal it does not hold is gone.
        if isOwn == true, ARN(text)?.resource == "root" || !dump.entities.isEmpty { return nil }
        foreign.identity = [Estate.allowingAll]
        guard let caller = try? EstateCaller(text, in: foreign) else { return nil }
        let note = caller.subject.account == nil ? nil : "if the policies of its own account allow it"
        return CallerVerdict(caller: text, verdict: foreign.verdict(caller, action, on: resource), note: note)
    }

    private static let allowingAll = NamedPolicy(
        CompiledPolicy(
            stored: Array(#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#.utf8),
            as: .identity), name: "the caller's own policies")
}
