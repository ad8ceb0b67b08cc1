import Catalogue
import Testing
@testable import PolicyChecks

/// Defends: the checks raise no false alarm over policies that AWS wrote and runs.
struct ManagedPolicyTests {
    /// Errors that are there in AWS's own policies of the table's date: services that AWS has closed (deepracer,
    /// iot1click …), actions it never published, resources and keys spelt wrong (`statemachine:`, `listener/awseb-*`),
    /// conditions on keys that the reference does not give the action.
    static let known: [String: Int] = [
        "INVALID_SERVICE_IN_ACTION": 61, "INVALID_ACTION": 56, "INVALID_ARN_RESOURCE": 38,
        "UNSUPPORTED_ACTION_FOR_CONDITION_KEY": 28, "MISSING_QUALIFIER": 3, "INVALID_SERVICE": 3,
        "MISSING_ARN_ACCOUNT": 2, "INVALID_GLOBAL_CONDITION_KEY": 2, "INVALID_SERVICE_CONDITION_KEY": 1,
    ]

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
