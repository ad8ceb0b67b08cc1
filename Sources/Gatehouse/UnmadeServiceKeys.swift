import AWS
import Door

/// Keys of services, where KMS makes none: who gives no key of his own is refused.
struct UnmadeServiceKeys: ServiceKeys {
    func key(for service: String, of account: AccountID, in region: Region) async throws -> String {
        throw NotImplemented("The key alias/aws/\(service)")
    }
}
