public import AWS
public import Door
import Formats
public import Storage
public import World

/// Ends an instance: its secret is worth nothing any more. The machine asks for it, and proves itself by that secret; no
/// policy is asked.
public struct EndInstance: HouseChange {
    public static let action = "EndInstance"

    private let instance: Instance

    /// - Parameter instance: as its secret proved it.
    public init(_ instance: Instance) { self.instance = instance }

    /// Nothing: whoever has the secret is the machine.
    public func asks(of account: AccountID, in snapshot: borrowing Snapshot) -> [Ask] { [] }

    /// Throws `Instance.Over` where it was over already: it ends once, and one record tells of it.
    public func perform(for account: AccountID, at now: Instant, in transaction: inout Transaction) throws {
        guard try instance.delete(in: &transaction) else { throw Instance.Over() }
    }

    /// Which instance.
    public var requestParameters: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("instanceId", instance.id)
        json.member("region", instance.region.description)
        json.endObject()
        return json.bytes
    }
}
