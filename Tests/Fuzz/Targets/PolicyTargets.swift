import AWS
import Authorization
import PolicyChecks

private let kinds: [PolicyKind] = [
    .managed, .identity, .session, .trust, .resource(service: "s3"), .keyPolicy, .scp, .rcp, .endpoint,
]

private let context: RequestContext = {
    var context = RequestContext()
    context.set("aws:SourceIp", "10.1.2.3")
    context.set("aws:CurrentTime", "2026-01-02T03:04:05Z")
    context.set("aws:username", "ada")
    context.set("aws:SecureTransport", "true")
    context.set("aws:TagKeys", values: ["ab", "c"])
    context.set("aws:PrincipalTag/team", "red")
    context.set("s3:max-keys", "10")
    return context
}()

private let questions: [Question] = {
    let account = AccountID("111122223333")
    let user = Subject(kind: .user, account: account, arn: "arn:aws:iam::111122223333:user/ada")
    return [
        Question(user, ActionName("s3:GetObject"), on: ResourceName("arn:aws:s3:::b/home/ada/x"), of: account),
        Question(.anonymous, ActionName("s3:GetObject"), on: ResourceName("arn:aws:s3:::b/x"), of: account),
        Question(user, ActionName("iam:CreateUser"), on: ResourceName("*"), of: AccountID("444455556666")),
    ]
}()

/// The first byte chooses the kind, the rest is the document. What cannot be read denies; what can be stored can be
/// read; the same question is answered the same way, with words for it.
@Sendable func fuzzPolicy(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let kind = kinds[Int(first) % kinds.count]
    let text = Array(input.dropFirst())
    let isStorable = (try? PolicyParser.parse(text, as: kind)) != nil
    let stored = CompiledPolicy(stored: text, as: kind)
    require(!isStorable || !stored.isBroken, "a policy that may be stored cannot be read")
    _ = (PublicAccess.isPublic(stored), stored.document.contextKeys)
    var policies = PolicySet()
    if kind.hasPrincipal { policies.resource = NamedPolicy(stored) } else { policies.identity = [NamedPolicy(stored)] }
    for question in questions {
        let decision = decide(question, under: policies, in: context)
        require(decision == decide(question, under: policies, in: context), "a decision changes")
        require(
            decision == explain(question, under: policies, in: context).decision,
            "the explanation is of another decision")
        let isAsked = kind.hasPrincipal || question.subject.kind != .anonymous
        if stored.isBroken, isAsked { require(decision.outcome == .explicitDeny, "a broken policy does not deny") }
        if !decision.isAllowed { _ = DenialMessage().text(question, decision, under: policies) }
    }
}

/// The first byte chooses the use, the rest is the document. Whatever it is, findings have places within the text.
@Sendable func fuzzPolicyChecks(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let use = PolicyUse(PolicyUse.Kind.allCases[Int(first) % PolicyUse.Kind.allCases.count])
    let text = Array(input.dropFirst())
    for finding in PolicyChecks.lint(text, for: use) {
        require(!finding.locations.isEmpty, "a finding has no place")
        for location in finding.locations {
            require(location.start.offset <= location.end.offset, "a place ends before it begins")
            require(location.end.offset <= text.count, "a place lies behind the text")
        }
    }
}
