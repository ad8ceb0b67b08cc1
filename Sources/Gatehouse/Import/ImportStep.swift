import Authorization
import Formats

/// One call to IAM that an import makes.
struct ImportStep {
    /// What an answer that something is there already means.
    enum Existing {
        /// The entity is kept as it is, and what belongs to it is added.
        case kept
        /// What was asked for holds: nothing is told.
        case fine
    }

    /// IAM's operation.
    let operation: String
    /// Its parameters as forms have them, such as `Tags.member.1.Key`.
    private(set) var parameters: [(name: String, value: String)]
    /// What it makes, for people: `user alice`.
    let subject: String
    let existing: Existing
    /// Whether a refusal may come of a principal that a later step makes: the step is then tried again after the others.
    let namesPrincipals: Bool
    /// Whether it is to be left where the import did not make its subject but found it, such as one more version.
    let wantsNewSubject: Bool
    /// Other subjects that must be whole first: a policy with its Deny, before whoever has it gets what else there is.
    let needs: [String]
    /// What a managed policy that is there already must say to be taken for the one in the export.
    let inForce: PolicyInForce?
    /// Why it is going to be refused, as far as can be told before, and what to change in the export.
    let refusal: TrustRefusal?
    /// What must be so of an entity that is there already. Where it is not, the entity is left as it is.
    private(set) var comparisons: [ImportComparison] = []

    init(
        _ operation: String, _ subject: String, existing: Existing = .fine, namesPrincipals: Bool = false,
        wantsNewSubject: Bool = false, needs: [String] = [], inForce: PolicyInForce? = nil,
        refusal: TrustRefusal? = nil, _ parameters: [(String, String?)]
    ) {
        (self.needs, self.inForce, self.refusal) = (needs, inForce, refusal)
        (self.operation, self.subject, self.existing) = (operation, subject, existing)
        (self.namesPrincipals, self.wantsNewSubject) = (namesPrincipals, wantsNewSubject)
        self.parameters = parameters.compactMap { name, value in value.map { (name, $0) } }
    }

    func tagged(_ tags: [(key: String, value: String)]) -> ImportStep {
        var step = self
        for (index, tag) in tags.enumerated() {
            step.parameters.append((name: "Tags.member.\(index + 1).Key", value: tag.key))
            step.parameters.append((name: "Tags.member.\(index + 1).Value", value: tag.value))
        }
        return step
    }

    /// The same for a list's page that begins there.
    func from(_ marker: String?) -> ImportStep {
        var step = self
        if let marker { step.parameters.append((name: "Marker", value: marker)) }
        return step
    }

    func comparing(_ comparisons: [ImportComparison]) -> ImportStep {
        var step = self
        step.comparisons += comparisons
        return step
    }

    /// The form that is sent.
    var form: [UInt8] {
        let fields = [(name: "Action", value: operation), (name: "Version", value: "2010-05-08")] + parameters
        return Array(
            fields.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
                .joined(separator: "&").utf8)
    }
}

/// A managed policy as it is to be: the text of its default version.
struct PolicyInForce {
    let arn: String
    let document: String
}

extension Collection<UInt8> {
    /// Whether a policy's text may have a statement that denies. Escapes are not read: what may be one counts.
    var mayDeny: Bool { contains(Array("Deny".utf8)) || contains(Array("\\u".utf8)) }
}

/// What an import will do.
struct ImportPlan {
    /// Names of one kind that IAM would take for one: two entities would become one with the rights of both.
    func refuseEqualNames() throws {
        var seen: [String: String] = [:]
        for step in steps where step.existing == .kept {
            let folded = step.subject.lowercased()
            if let other = seen.updateValue(step.subject, forKey: folded), other != step.subject {
                throw SetupError("\(other) and \(step.subject) differ in case alone, and IAM takes them for one")
            }
        }
    }

    /// In an order in which they can be done, but for roles that trust one another, which are tried again and again.
    var steps: [ImportStep] = []
    /// What is left out or changed on the way, in sentences.
    var notes: [String] = []
    /// New access keys to make, if they are wanted: MinIO's users and service accounts have theirs there.
    var keys: [WantedKey] = []

    struct WantedKey {
        let user: String
        /// The id the key had at its origin.
        let former: String
        let isActive: Bool
    }
}
