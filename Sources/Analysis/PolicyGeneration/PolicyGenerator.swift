import Authorization
import Catalogue

/// How policies are generated.
public struct GenerationOptions: Sendable {
    /// How closely resources are named.
    public enum Resources: Sendable {
        /// Each resource that was used, and no other.
        case exact
        /// A pattern where more than `most` of one type lie side by side in one account, bucket or folder.
        case grouped
    }
    /// Which conditions statements have.
    public enum Conditions: Sendable {
        case none
        /// Those that every use satisfied.
        case suggested
    }
    /// What is asked for.
    public var resources = Resources.grouped
    public var conditions = Conditions.none
    /// How many names, values or networks stand side by side before they are too many.
    public var most = 8
    /// Characters of a document.
    public var limit = PolicyQuota.managed

    /// The usual limits, and what is asked for.
    public init(resources: Resources = .grouped, conditions: Conditions = .none) {
        (self.resources, self.conditions) = (resources, conditions)
    }
}

/// Why no policy was made.
public enum GenerationError: Error, Sendable {
    /// The engine would refuse these under what was generated: a fault of the generation.
    case notAllowed([Use])
    /// The document would be refused when it is stored.
    case notStorable(message: String)
    /// Not even one action on one resource fits into a document.
    case tooLong(action: String, resource: String)
}

/// Makes policies that allow what was used, and little else.
///
/// Whatever is returned has been proved: the engine allows each use under exactly these policies, in the context it had.
public enum PolicyGenerator {
    /// The same uses and options give the same documents, in whatever order the uses come.
    public static func generate(_ used: [Use], _ options: GenerationOptions = GenerationOptions())
        throws(GenerationError) -> GeneratedPolicies
    {
        let uses = used.gathered()
        let needed = uses.filter { !isFree($0.action) }
        let plans = plans(needed, options)
        guard !plans.isEmpty else { return GeneratedPolicies(documents: [], plans: [], uses: uses) }
        let statements = StatementPlan.statements(plans, conditions: options.conditions)
        let documents = try PolicyPacker(limit: options.limit).pack(statements)
        let refused = try Proof(documents).refused(uses)
        guard refused.isEmpty else { throw .notAllowed(refused) }
        return GeneratedPolicies(documents: documents, plans: plans, uses: uses)
    }

    /// What every caller may do, whatever the policies say.
    /// - Source: STS API Reference, "GetCallerIdentity".
    private static func isFree(_ action: String) -> Bool { action.lowercased() == "sts:getcalleridentity" }

    private static func plans(_ uses: [Use], _ options: GenerationOptions) -> [ActionPlan] {
        var byAction: [String: (action: KnownAction, uses: [Use])] = [:]
        for use in uses {
            let action = KnownAction(use.action)
            byAction[action.name, default: (action, [])].uses.append(use)
        }
        let actions = byAction.values.sorted { $0.action.name < $1.action.name }
        let caller = CallerFacts(actions, mostNetworks: options.most)
        return actions.map { action, uses in
            let covering = Covering(
                action, uses.map(\.resource), most: options.resources == .grouped ? options.most : nil)
            return ActionPlan(
                action: action, uses: uses, resources: covering.texts, generalisations: covering.generalisations,
                suggestions: ConditionFinder(action: action, uses: uses, caller: caller, most: options.most).find())
        }
    }
}
