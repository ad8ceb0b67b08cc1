public import Authorization

/// What a resource shares, gathered one by one: each access once, with the ways to it, and never more than can be told.
///
/// Beyond the most, access is told as one that everybody has, so that none is left out.
public struct SharingList {
    /// How many accesses are told of a resource.
    public static let most = 1000
    /// How many ways to one are.
    private static let mostSources = 100
    /// How many actions are told of those that are told as one.
    private static let mostActions = 1000

    private var found: [Sharing] = []
    private var known: Set<Sharing> = []
    private var ways: [ExternalReach: Int] = [:]
    private var rest: (actions: Set<String>, isPublic: Bool)?

    /// Empty at first.
    public init() {}

    /// Adds what is not there yet. Through which door it goes its source tells.
    public mutating func add(_ reach: ExternalReach, through source: Sharing.Source? = nil) {
        let reach = ExternalReach(
            reach.principal, actions: reach.actions, condition: reach.condition, isPublic: reach.isPublic)
        let sharing = Sharing(reach, through: source)
        guard !known.contains(sharing) else { return }
        let number = ways[reach] ?? 0
        guard number < SharingList.mostSources else { return }
        guard number > 0 || ways.count < SharingList.most - 1 else {
            var (actions, isPublic) = rest ?? ([], false)
            actions.formUnion(reach.actions)
            if actions.count > SharingList.mostActions { actions = ["*"] }
            isPublic = isPublic || reach.isPublic
            rest = (actions, isPublic)
            return
        }
        ways[reach] = number + 1
        known.insert(sharing)
        found.append(sharing)
    }

    /// In the order in which they came.
    public var all: [Sharing] {
        guard let rest else { return found }
        return found + [
            Sharing(ExternalReach(.everyone, actions: rest.actions.sorted(), isPublic: rest.isPublic))
        ]
    }
}
