import Catalogue
import Testing
@testable import PolicyChecks

/// Defends: the checks raise no false alarm over policies that AWS wrote and runs.
struct ManagedPolicyTests {
    /// Errors that are there in AWS's own policies, by what they are about; see the documented list.
    static let known: [String: Int] = [:]

    @Test func haveFewErrors() {
        var counts: [String: Int] = [:]
        var examples: [String: String] = [:]
        for index in 0..<ManagedPolicies.count {
            let policy = ManagedPolicies.policy(at: index)
            for finding in PolicyChecks.findings(
                in: String(decoding: policy.document, as: UTF8.self), for: PolicyUse(.identity))
            where finding.severity == .error {
                counts[finding.code, default: 0] += 1
                examples[finding.code, default: ""] += "\n  \(policy.name): \(finding.message)"
            }
        }
        #expect(
            counts == Self.known, "\(examples.map { $0.key + String($0.value.prefix(3000)) }.joined(separator: "\n"))")
    }
}
