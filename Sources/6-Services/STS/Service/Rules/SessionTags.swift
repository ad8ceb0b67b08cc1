import AWS
import Door
import STSAPI

/// The tags of a session to be: those of the request, and those that an earlier session passes on.
///
/// - Source: IAM User Guide, "Pass session tags in AWS STS". Keys are compared without case.
struct SessionTags {
    let all: [String: String]
    let transitiveKeys: Set<String>

    init(_ given: [STS.Tag]?, transitive: [String]?, after chain: RoleChain) throws {
        let given = given ?? []
        if given.isEmpty, chain.tags.isEmpty, (transitive ?? []).isEmpty {
            (all, transitiveKeys) = ([:], [])
            return
        }
        let keys = given.map { $0.key.lowercased() }
        guard Set(keys).count == keys.count else {
            throw InvalidParameterValue("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        }
        guard !keys.contains(where: { $0.hasPrefix("aws:") }) else {
            throw InvalidParameterValue("Tag keys may not begin with aws:. That prefix is reserved.")
        }
        guard chain.tags.keys.allSatisfy({ !keys.contains($0.lowercased()) }) else {
            throw InvalidParameterValue(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
                    + "from the calling session.")
        }
        let passedOn = Set((transitive ?? []).map { $0.lowercased() })
        guard passedOn.isSubset(of: keys) else {
            throw InvalidParameterValue("The specified transitive tag key must be included in the requested tags.")
        }
        guard given.count + chain.tags.count <= SessionTags.limit else {
            throw InvalidParameterValue(
                "The session cannot have more than \(SessionTags.limit) tags, those of the calling session included.")
        }
        var (all, transitiveKeys) = (chain.tags, Set(chain.tags.keys))
        for tag in given {
            all[tag.key] = tag.value
            if passedOn.contains(tag.key.lowercased()) { transitiveKeys.insert(tag.key) }
        }
        (self.all, self.transitiveKeys) = (all, transitiveKeys)
    }

    /// - Source: IAM and STS quotas: session tags.
    private static let limit = 50

    /// What they take of the space that session policies and tags share, in bytes.
    var size: Int { all.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count } }

    /// The condition keys of a request that brings tags.
    static func conditionKeys(_ tags: [STS.Tag]?, transitive: [String]?) -> [ConditionEntry] {
        guard let tags, !tags.isEmpty else { return [] }
        var keys = tags.map { ConditionEntry(.awsRequestTag($0.key), $0.value) }
        keys.append(ConditionEntry(.awsTagKeys, tags.map(\.key)))
        if let transitive, !transitive.isEmpty { keys.append(ConditionEntry(.stsTransitiveTagKeys, transitive)) }
        return keys
    }
}
