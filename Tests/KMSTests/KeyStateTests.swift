import KMSAPI
import Testing

@testable import KMSService

/// Defends the table of key states, all of it: what is not named here is refused.
/// - Source: KMS Developer Guide, "Key states of AWS KMS keys", the table.
@Suite struct KeyStateTests {
    private static let everything = Set(KeyOperation.allCases)

    private static let allowed: [(KMS.KeyState, Set<KeyOperation>)] = [
        (.enabled, everything.subtracting([.cancelDeletion])),
        (
            .disabled,
            [
                .describe, .createAlias, .updateDescription, .enable, .disable, .tag, .rotationStatus,
                .scheduleDeletion, .parametersForImport, .importMaterial, .deleteMaterial,
            ]
        ),
        (
            .pendingImport,
            [
                .describe, .createAlias, .updateDescription, .tag, .rotationStatus, .scheduleDeletion,
                .parametersForImport, .importMaterial, .deleteMaterial,
            ]
        ),
        (.pendingDeletion, [.describe, .cancelDeletion, .deleteMaterial, .rotationStatus]),
        (.pendingReplicaDeletion, [.describe, .cancelDeletion, .deleteMaterial, .rotationStatus]),
        (
            .unavailable,
            [
                .describe, .createAlias, .updateDescription, .createGrant, .enable, .disable, .tag, .scheduleDeletion,
            ]
        ),
        (.creating, [.describe]),
        (.updating, [.describe]),
    ]

    @Test func everyOperationInEveryState() {
        #expect(Set(KeyStateTests.allowed.map(\.0.rawValue)) == Set(KMS.KeyState.values))
        for (state, operations) in KeyStateTests.allowed {
            for operation in KeyOperation.allCases {
                #expect(
                    KMSKey.allows(operation, state) == operations.contains(operation), "\(operation) while \(state)")
            }
        }
    }

    @Test func nothingComputesButEnabledKeys() {
        for state in KMS.KeyState.values.map(KMS.KeyState.init(rawValue:)) where state != .enabled {
            #expect(!KMSKey.allows(.use, state))
        }
    }
}
