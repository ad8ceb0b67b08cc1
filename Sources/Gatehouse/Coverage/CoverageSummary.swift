import Door
import Smithy

/// How much of each service there is, in numbers: the first table of `Documentation/Coverage.md`, which a running server
/// tells too, of itself.
struct CoverageSummary {
    static let path = "/_gatehouse/coverage"

    private let rows: [String]

    init(_ models: [ServiceModel], _ operations: [AnyOperation]) {
        rows = models.map { model in
            let names = operations.filter { $0.model.service === model }.map(\.model.name).sorted()
            let missing = model.operations.count { !names.contains($0.name) }
            let policies = CoverageSummary.resourcePolicies(names)
            let listed = policies.isEmpty ? "–" : policies.joined(separator: ", ")
            return "| \(model.serviceID) | \(names.count) | \(missing) | \(listed) |"
        }
    }

    /// As Markdown, which people read as well.
    var text: String {
        (["| service | operations | not implemented | resource policies |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }

    /// The policies of resources that a service with these operations stores and asks.
    private static func resourcePolicies(_ operations: [String]) -> [String] {
        let kinds = [
            "PutBucketPolicy": "bucket policies", "PutAccessPointPolicy": "access point policies",
            "CreateRole": "role trust policies", "PutKeyPolicy": "key policies",
            "PutResourcePolicy": "policies of secrets",
        ]
        return operations.compactMap { kinds[$0] }
    }
}
