import AWS
import KMSAPI

/// What multi-Region keys ask of a request.
/// - Source: KMS Developer Guide, "Multi-Region keys in AWS KMS".
enum Regions {
    static func requirePrimary(_ key: KMSKey) throws {
        guard key.isMultiRegion else {
            throw KMS.UnsupportedOperationException(message: "\(key.arn) is not a multi-Region key.")
        }
        guard !key.isReplica else {
            throw KMS.UnsupportedOperationException(message: "\(key.arn) is not a multi-region primary key.")
        }
    }

    /// Another Region of the key's partition.
    static func other(_ name: String, than key: KMSKey) throws -> Region {
        guard let region = Region(name), region.partition == key.region.partition else {
            throw Invalid.input("\(name) is not a Region of the partition \(key.region.partition).")
        }
        guard region != key.region else { throw Invalid.input("\(name) is the Region of the primary key.") }
        return region
    }
}
