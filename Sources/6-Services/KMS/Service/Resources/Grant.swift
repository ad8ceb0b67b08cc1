import AWS
import Authorization
import Door
import KMSAPI
import Storage

/// A grant of a key.
struct Grant: Sendable {
    /// Those of the key that may reach the caller: made to him, to his role, his account or the service that he is. Others
    /// are not read: one key may have fifty thousand.
    static func reaching(_ facts: RequestFacts, _ key: KMSKey, _ snapshot: borrowing Snapshot) throws -> [KMSGrant] {
        guard key.hasGrants else { return [] }
        // Written with the grants' operations.
        return []
    }
}
