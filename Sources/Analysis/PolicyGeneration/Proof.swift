import AWS
import Authorization

/// Asks the engine itself whether the policies allow what was used: exactly these policies, nothing else.
struct Proof {
    private let policies: PolicySet
    /// A user: of identity policies, users and roles are allowed the same.
    private let subject: Subject

    /// Throws if a document could not be stored as a managed policy.
    init(_ documents: [GeneratedPolicy]) throws(GenerationError) {
        var identity: [NamedPolicy] = []
        for document in documents {
            do throws(PolicyError) {
                identity.append(NamedPolicy(try PolicyParser.parse(document.compact, as: .managed)))
            } catch {
                throw .notStorable(message: error.message)
            }
        }
        var policies = PolicySet()
        policies.identity = identity
        self.policies = policies
        subject = Subject(
            kind: .user, account: AccountID("000000000000"), arn: "arn:aws:iam::000000000000:user/proof")
    }

    /// Whether the engine allows an action on a resource. The owner's side is not asked: a policy of the resource is no
    /// part of what is generated.
    func allows(_ action: String, on resource: String, _ context: [ConditionKey: ContextValue]) -> Bool {
        var request = RequestContext(expecting: context.count)
        for (key, value) in context { request.set(key, value) }
        let question = Question(subject, ActionName(action), on: ResourceName(resource), of: nil)
        return decide(question, under: policies, in: request).isAllowed
    }

    /// The uses that would be refused: none, or the generation is wrong.
    func refused(_ uses: [Use]) -> [Use] {
        uses.filter { use in use.resource.samples.contains { !allows(use.action, on: $0, use.context) } }
    }
}
