import AWS
import Authorization
import Testing

/// Defends: every access denied message has AWS's words, for each layer, explicit and implicit.
struct MessageTests {
    private static let own = "111122223333"
    private static let arn = "arn:aws:iam::111122223333:policy/P"
    private static let resource = "arn:aws:s3:::b/x"

    private func named(_ effect: String, _ kind: PolicyKind) -> NamedPolicy {
        let principal = kind.hasPrincipal ? #","Principal":"*""# : ""
        let resource = kind == .trust ? "" : #","Resource":"*""#
        let text = #"{"Statement":{"Effect":"\#(effect)","Action":"*"\#(resource)\#(principal)}}"#
        return NamedPolicy(CompiledPolicy(stored: Array(text.utf8), as: kind), name: "P", arn: MessageTests.arn)
    }

    private func subject(_ account: String = own) -> Subject {
        Subject(
            kind: .roleSession, account: AccountID(account), arn: "arn:aws:sts::\(account):assumed-role/app/s",
            parentARN: "arn:aws:iam::\(account):role/team/app", parentID: "AROAEXAMPLE")
    }

    /// A question of a session of the account; the policies allow, but for one layer.
    private func message(_ layer: Layer, _ effect: String?, trust: Bool = false, words: DenialMessage = DenialMessage())
        -> (text: String, decision: Decision)
    {
        let action = trust ? "sts:AssumeRole" : "s3:GetObject"
        let question = Question(
            subject(), ActionName(action), on: ResourceName(MessageTests.resource), of: AccountID(MessageTests.own))
        var set = PolicySet()
        func policies(_ kind: PolicyKind, _ of: Layer) -> [NamedPolicy] {
            guard of == layer else { return [named("Allow", kind)] }
            return effect.map { [named($0, kind)] } ?? []
        }
        let nothing = NamedPolicy(CompiledPolicy(stored: Array(#"{"Statement":[]}"#.utf8), as: .managed))
        set.identity = policies(.managed, .identity)
        if layer == .boundary { set.boundary = policies(.managed, .boundary).first ?? nothing }
        if layer == .session { set.session = policies(.session, .session) }
        if layer == .scp { set.scps = [policies(.scp, .scp)] }
        if layer == .rcp { set.rcps = [policies(.rcp, .rcp)] }
        if layer == .endpoint { set.endpoint = policies(.endpoint, .endpoint).first ?? nothing }
        if layer == .resource { set.resource = policies(trust ? .trust : .resource(service: "s3"), .resource).first }
        if trust { set.resourceKind = .roleTrust }
        let decision = decide(question, under: set, in: RequestContext())
        return (words.text(question, decision, under: set), decision)
    }

    private func head(_ action: String) -> String {
        "User: arn:aws:sts::111122223333:assumed-role/app/s is not authorized to perform: \(action) on resource: "
            + MessageTests.resource
    }

    @Test(arguments: [
        (Layer.scp, "a service control policy", true), (.rcp, "a resource control policy", true),
        (.endpoint, "a VPC endpoint policy", false), (.resource, "a resource-based policy", false),
        (.identity, "an identity-based policy", true), (.boundary, "a permissions boundary", true),
        (.session, "a session policy", true),
    ])
    func explicit(_ layer: Layer, _ words: String, _ hasARN: Bool) {
        // With the ARN of the policy where IAM or Organizations has it.
        let (text, decision) = message(layer, "Deny")
        #expect((decision.outcome, decision.layer) == (.explicitDeny, layer))
        #expect(
            text == head("s3:GetObject") + " with an explicit deny in \(words)"
                + (hasARN ? ": " + MessageTests.arn : ""))
    }

    @Test(arguments: [
        (Layer.scp, "service control policy"), (.rcp, "resource control policy"), (.endpoint, "VPC endpoint policy"),
        (.identity, "identity-based policy"), (.boundary, "permissions boundary"), (.session, "session policy"),
    ])
    func implicit(_ layer: Layer, _ words: String) {
        let (text, decision) = message(layer, nil)
        #expect((decision.outcome, decision.layer) == (.implicitDeny, layer))
        #expect(text == head("s3:GetObject") + " because no \(words) allows the s3:GetObject action")
    }

    @Test func trust() {
        // A role's trust policy has words of its own, both ways, and no ARN.
        #expect(
            message(.resource, "Deny", trust: true).text
                == head("sts:AssumeRole") + " with an explicit deny in the role trust policy")
        #expect(
            message(.resource, nil, trust: true).text
                == head("sts:AssumeRole") + " because no role trust policy allows the sts:AssumeRole action")
    }

    @Test func acrossAccounts() {
        // The resource's side is what is missing first; who is outside is told no reason and no ARN.
        let question = Question(
            subject("444455556666"), ActionName("s3:GetObject"), on: ResourceName(MessageTests.resource),
            of: AccountID(MessageTests.own))
        var set = PolicySet()
        let head =
            "User: arn:aws:sts::444455556666:assumed-role/app/s is not authorized to perform: s3:GetObject on resource: "
            + MessageTests.resource
        var decision = decide(question, under: set, in: RequestContext())
        #expect(
            DenialMessage().text(question, decision, under: set)
                == head + " because no resource-based policy allows the s3:GetObject action")
        #expect(DenialMessage(tellsReason: false).text(question, decision, under: set) == head)
        set.identity = [named("Deny", .managed)]
        decision = decide(question, under: set, in: RequestContext())
        #expect(DenialMessage(tellsReason: false).text(question, decision, under: set) == head)
    }

    @Test func keysOfOtherAccounts() {
        // Neither named nor told to be there.
        let words = DenialMessage(tellsReason: false)
        var hiding = words
        hiding.hidesKey = true
        let head = "User: arn:aws:sts::111122223333:assumed-role/app/s is not authorized to perform: s3:GetObject on "
        #expect(message(.resource, "Deny", words: words).text == head + "resource: " + MessageTests.resource)
        #expect(
            message(.resource, "Deny", words: hiding).text
                == head
                + "this resource because the resource does not exist in this Region, no resource-based policies allow "
                + "access, or a resource-based policy explicitly denies access")
    }

    @Test func resourcesArePrintedAsTheServiceDoes() {
        // In quotes, by another title, or not at all.
        let reason = " because no identity-based policy allows the s3:GetObject action"
        let head = "User: arn:aws:sts::111122223333:assumed-role/app/s is not authorized to perform: s3:GetObject"
        let quoted = message(.identity, nil, words: DenialMessage(resourceStyle: .quoted)).text
        #expect(quoted == head + " on resource: \"\(MessageTests.resource)\"" + reason)
        #expect(message(.identity, nil, words: DenialMessage(resourceStyle: .omitted)).text == head + reason)
        let titled = message(.identity, nil, words: DenialMessage(resourceTitle: "user alice")).text
        #expect(titled == head + " on resource: user alice" + reason)
    }
}
