public import AWS
public import Door
public import Storage
public import World

/// Of KMS where a test needs none: no text names a key, and there is none to be had.
public struct NoServiceKeys: ServiceKeys {
    private struct Absent: Error {}

    public init() {}

    public func arn(
        named text: String, by account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> String? { nil }

    public func key(for service: String, of account: AccountID, in region: Region) async throws -> String {
        throw Absent()
    }
}
