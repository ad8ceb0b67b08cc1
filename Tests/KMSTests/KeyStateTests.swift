import KMSAPI
import Testing

@testable import KMSService

/// What a key's state lets one do with it.
/// - Source: KMS Developer Guide, "Key states of AWS KMS keys", the table.
struct KeyStateTests {
    private static let states: [KMS.KeyState] = [
        .enabled, .disabled, .pendingDeletion, .pendingReplicaDeletion, .pendingImport, .unavailable, .creating,
        .updating,
    ]

    @Test("only enabled keys compute", arguments: states)
    func use(_ state: KMS.KeyState) {
        #expect(KMSKey.allows(.use, state) == (state == .enabled))
    }

    @Test("the public half of a key that cannot compute is not given out", arguments: states)
    func publicKey(_ state: KMS.KeyState) {
        #expect(KMSKey.allows(.getPublicKey, state) == (state == .enabled))
    }

    @Test("every key can be described", arguments: states)
    func describe(_ state: KMS.KeyState) {
        #expect(KMSKey.allows(.describe, state))
    }

    @Test("a key pending deletion can only be looked at, kept, or robbed of its material")
    func pendingDeletion() {
        let allowed = KeyOperation.allCases.filter { KMSKey.allows($0, .pendingDeletion) }
        #expect(Set(allowed) == [.describe, .cancelDeletion, .deleteMaterial, .rotationStatus])
    }
}
