import AWS
import Door
import Formats
import S3API
import World

/// What an inventory lists, how often, and where it goes: a configuration that is honoured.
/// - Source: S3 API Reference, "InventoryConfiguration"; S3 User Guide, "Amazon S3 Inventory".
struct InventoryPlan: Sendable, Equatable {
    let id: String
    let isEnabled: Bool
    /// The bucket that it is delivered to, and whose that must be, if the configuration says so.
    let destination: String
    let destinationAccount: String?
    /// As given.
    let destinationPrefix: String?
    /// Whether SSE-S3 is asked for, whatever the destination's default is.
    let isEncrypted: Bool
    let listsVersions: Bool
    let isWeekly: Bool
    /// Of the keys that are listed; nil for all.
    let prefix: String?
    /// As given.
    let fields: [String]

    /// In the order in which they are listed.
    static let knownFields = [
        "Size", "LastModifiedDate", "ETag", "StorageClass", "IsMultipartUploaded", "ReplicationStatus",
        "EncryptionStatus", "ObjectLockRetainUntilDate", "ObjectLockMode", "ObjectLockLegalHoldStatus",
        "IntelligentTieringAccessTier", "BucketKeyStatus", "ChecksumAlgorithm", "ObjectOwner",
    ]

    /// - Parameter id: that the request names beside the configuration.
    init(_ configuration: S3.InventoryConfiguration, id: String) throws {
        guard configuration.id == id else { throw Refused.malformedXML }
        try InventoryPlan.check(id: id)
        let target = configuration.destination.s3BucketDestination
        switch target.format {
        case .csv: break
        case .orc, .parquet: throw NotImplemented("The inventory format \(target.format.rawValue)")
        default: throw Refused.malformedXML
        }
        switch (target.encryption?.sSES3, target.encryption?.sSEKMS) {
        case (nil, nil) where target.encryption != nil: throw Refused.malformedXML
        case (.some, .some): throw Refused.malformedXML
        case (nil, .some): throw NotImplemented("An inventory encrypted with SSE-KMS")
        case (let own, nil): isEncrypted = own != nil
        }
        (self.id, isEnabled) = (id, configuration.isEnabled)
        destination = try InventoryPlan.bucket(target.bucket)
        if let account = target.accountId, AccountID(account) == nil {
            throw Refused.argument("AccountId", account, "The account is not valid")
        }
        (destinationAccount, destinationPrefix) = (target.accountId, target.prefix)
        switch configuration.includedObjectVersions {
        case .all: listsVersions = true
        case .current: listsVersions = false
        default: throw Refused.malformedXML
        }
        switch configuration.schedule.frequency {
        case .daily: isWeekly = false
        case .weekly: isWeekly = true
        default: throw Refused.malformedXML
        }
        prefix = configuration.filter?.prefix
        fields = try InventoryPlan.fields(configuration.optionalFields ?? [])
        for (name, text) in [("Prefix", prefix), ("Destination.Prefix", destinationPrefix)] {
            guard let text, text.utf8.count > 512 else { continue }
            throw Refused.argument(name, text, "The prefix is too long")
        }
    }

    private static func fields(_ given: [S3.InventoryOptionalField]) throws -> [String] {
        let names = given.map(\.rawValue)
        for name in names where !knownFields.contains(name) {
            guard S3.InventoryOptionalField.values.contains(name) else { throw Refused.malformedXML }
            throw NotImplemented("The inventory field \(name)")
        }
        guard Set(names).count == names.count else { throw Refused.malformedXML }
        return names
    }

    /// - Source: the console's words for an id; the code is not confirmed by a page of AWS.
    static func check(id: String) throws {
        let isName = id.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
        }
        guard isName, (1...64).contains(id.utf8.count) else {
            throw S3Refusal("InvalidConfigurationId", 400, "The specified configuration id is invalid.")
        }
    }

    /// - Source: the words as S3 was seen to answer (aws-cli's issue 3611).
    private static func bucket(_ text: String) throws -> String {
        guard let arn = ARN(text), arn.service == "s3" else { throw refusal("Invalid bucket ARN.") }
        let name = String(arn.resource)
        guard text == Bucket.arn(name) else { throw refusal("Bucket ARN should not specify a namespace.") }
        guard BucketName.isValid(name) else { throw refusal("Invalid bucket ARN.") }
        return name
    }

    static func refusal(_ message: String) -> S3.InvalidS3DestinationBucket {
        S3.InvalidS3DestinationBucket(message: message)
    }

    /// What must be so of the destination when the configuration is set and with each delivery.
    /// - Source: S3 User Guide, "Amazon S3 Inventory", "Source and destination buckets".
    func check(_ target: BucketTarget, from location: Location) throws {
        guard let bucket = target.bucket else { throw InventoryPlan.refusal("The destination bucket does not exist.") }
        guard bucket.region == location.region else {
            throw InventoryPlan.refusal("The destination bucket must be in the Region of the source bucket.")
        }
        guard destinationAccount ?? bucket.account.description == bucket.account.description else {
            throw InventoryPlan.refusal("The destination bucket belongs to another account.")
        }
    }

    var columns: [String] {
        ["Bucket", "Key"] + (listsVersions ? ["VersionId", "IsLatest", "IsDeleteMarker"] : [])
            + InventoryPlan.knownFields.filter { fields.contains($0) }
    }

    /// The next report after one that was due: every day begins with one, or every Sunday does.
    /// - Source: S3 User Guide, "Amazon S3 Inventory": weekly reports are of Sundays (UTC).
    func due(after now: Instant) -> Instant {
        let day: Int64 = 86_400_000
        let today = now.milliseconds / day
        // The first of January 1970 was a Thursday.
        let days = isWeekly ? 7 - (today + 4) % 7 : 1
        return Instant(milliseconds: (today + days) * day)
    }

    /// `prefix/source/id/`
    func folder(of source: String) -> String {
        let prefix = destinationPrefix ?? ""
        return (prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/") + "\(source)/\(id)/"
    }

    var shape: S3.InventoryConfiguration {
        let encryption = isEncrypted ? S3.InventoryEncryption(sSES3: S3.SSES3()) : nil
        return S3.InventoryConfiguration(
            destination: S3.InventoryDestination(
                s3BucketDestination: S3.InventoryS3BucketDestination(
                    accountId: destinationAccount, bucket: Bucket.arn(destination), format: .csv,
                    prefix: destinationPrefix, encryption: encryption)), isEnabled: isEnabled,
            filter: prefix.map { S3.InventoryFilter(prefix: $0) }, id: id,
            includedObjectVersions: listsVersions ? .all : .current,
            optionalFields: fields.isEmpty ? nil : fields.map { S3.InventoryOptionalField(rawValue: $0) },
            schedule: S3.InventorySchedule(frequency: isWeekly ? .weekly : .daily))
    }
}

/// As the database has it.
extension InventoryPlan {
    var stored: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("destination", destination)
        if let destinationAccount { json.member("account", destinationAccount) }
        if let destinationPrefix { json.member("destinationPrefix", destinationPrefix) }
        if let prefix { json.member("prefix", prefix) }
        for (name, flag) in [
            ("enabled", isEnabled), ("encrypted", isEncrypted), ("versions", listsVersions), ("weekly", isWeekly),
        ] {
            json.key(name)
            json.bool(flag)
        }
        json.key("fields")
        json.beginArray()
        for field in fields { json.string(field) }
        json.endArray()
        json.endObject()
        return json.text
    }

    init(stored text: String, id: String) throws {
        var reader = JSONReader(Array(text.utf8))
        var texts: [String: String] = [:]
        var flags: [String: Bool] = [:]
        var fields: [String] = []
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "fields":
                try reader.beginArray()
                while try reader.nextElement() { fields.append(try reader.readString()) }
            case "enabled", "encrypted", "versions", "weekly": flags[name] = try reader.readBool()
            default: texts[name] = try reader.readString()
            }
        }
        guard let destination = texts["destination"] else { throw Damaged.list(text) }
        (self.id, self.destination, self.fields) = (id, destination, fields)
        (destinationAccount, destinationPrefix, prefix) = (
            texts["account"], texts["destinationPrefix"], texts["prefix"]
        )
        (isEnabled, isEncrypted) = (flags["enabled"] ?? false, flags["encrypted"] ?? false)
        (listsVersions, isWeekly) = (flags["versions"] ?? false, flags["weekly"] ?? false)
    }
}
