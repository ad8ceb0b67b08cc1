import Authorization

/// A condition that every use of an action satisfied.
public struct ConditionSuggestion: Sendable, Hashable {
    /// Such as `IpAddress`.
    public let operatorName: String
    /// As published, such as `aws:SourceIp`.
    public let key: String
    /// In byte order, in the policy language.
    public let values: [String]

    init(_ operatorName: String, _ key: String, _ values: some Sequence<ExactText>) {
        (self.operatorName, self.key) = (operatorName, key)
        self.values = values.sorted().map(\.text)
    }

    init(_ operatorName: String, _ key: String, _ value: String) { self.init(operatorName, key, [ExactText(value)]) }
}

/// What all uses together say, for the conditions that are about the caller rather than about an action.
struct CallerFacts: Sendable {
    /// Where the calls came from, as narrow networks; empty where they came from too many places.
    let networks: [String]
    /// The Regions asked, for each service prefix.
    private let regions: [String: Set<ExactText>]

    init(_ actions: [(action: KnownAction, uses: [Use])], mostNetworks: Int) {
        let all = actions.flatMap(\.uses)
        networks = AddressRanges.narrow(all.compactMap { $0.single("aws:SourceIp") }, most: mostNetworks)
        var regions: [String: Set<ExactText>] = [:]
        for (action, uses) in actions {
            for use in uses {
                if let region = use.single("aws:RequestedRegion") {
                    regions[action.prefix, default: []].insert(ExactText(region))
                }
            }
        }
        self.regions = regions
    }

    func regions(of action: KnownAction) -> Set<ExactText> { regions[action.prefix] ?? [] }
}
