import AWS
import KMSAPI
import KeyEngine
import Storage
import World

/// How a key gets new material: by itself after a period, or when asked to. The old material still decrypts.
/// - Source: KMS Developer Guide, "Rotate AWS KMS keys".
enum Rotation {
    /// Days.
    static let ordinaryPeriod = 365
    /// On-demand rotations of one key.
    static let onDemandLimit = 25

    /// Whether the key could have rotations at all.
    /// - Throws: `UnsupportedOperationException` where not.
    static func require(_ key: KMSKey) throws {
        guard key.spec == .symmetricDefault else {
            throw unsupported(key, "key spec is \(key.spec.rawValue)")
        }
        guard key.storeID == nil else { throw unsupported(key, "origin is \(key.origin.rawValue)") }
    }

    /// Whether its period can be set: KMS must have made the material, and a replica follows its primary.
    static func requireOwn(_ key: KMSKey) throws {
        try require(key)
        guard key.origin == .awsKms else { throw unsupported(key, "origin is \(key.origin.rawValue)") }
        try requirePrimary(key)
    }

    static func requirePrimary(_ key: KMSKey) throws {
        guard !key.isReplica else { throw unsupported(key, "multi-Region key type is REPLICA") }
    }

    static func unsupported(_ key: KMSKey, _ what: String) -> KMS.UnsupportedOperationException {
        KMS.UnsupportedOperationException(message: "\(key.arn) \(what) which is not valid for this operation.")
    }

    /// When the next one is due. A period that is changed is counted from where the old one was.
    static func next(_ key: KMSKey, every days: Int, _ now: Instant) -> Instant {
        guard let due = key.nextRotation, let old = key.rotationPeriod else { return now + .seconds(days * 86_400) }
        return max(due + .seconds((days - old) * 86_400), now)
    }

    /// The first date of the rhythm that is to come.
    static func following(_ due: Instant, every days: Int, _ now: Instant) -> Instant {
        let period = Int64(days) * 86_400_000
        let missed = max(0, (now.milliseconds - due.milliseconds) / period)
        return Instant(milliseconds: due.milliseconds + (missed + 1) * period)
    }
}

extension KMSKey {
    /// Of what it is to get at the next rotation: numbers are never used twice.
    var nextMaterialNumber: Int { lastMaterialNumber + 1 }

    /// Sets the rhythm of the key, whose primary this is; nil for none.
    func set(rotation: (days: Int, next: Instant)?, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE kms_key SET rotation_period = ?, rotation_next = ? WHERE account = ? AND region = ? AND id = ?",
            rotation.map { .number($0.days) } ?? .null, .intOrNull(rotation?.next.milliseconds),
            .text(account.description), .text(region.description), .text(id))
    }

    /// Makes new material the current one.
    func add(
        _ made: GeneratedKey, number: Int, id material: String, _ type: KMS.RotationType, _ now: Instant,
        in transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO kms_material (account, key, number, id, wrapped, public, created, rotation,
                derives)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(id), .number(number), .text(material),
            .blob(made.key.wrapped.bytes), .blobOrNull(made.publicKey), .int(now.milliseconds), .text(type.rawValue),
            .bool(made.derives))
    }

    /// Makes the imported material that waits for it the current one.
    func rotateToPending(_ pending: KeyMaterial, _ now: Instant, in transaction: inout Transaction) throws {
        try transaction.run(
            """
            UPDATE kms_material SET pending = 0, rotation = ?, created = ? WHERE account = ? AND key = ? AND number = ?
            """, .text(KMS.RotationType.onDemand.rawValue), .int(now.milliseconds), .text(account.description),
            .text(id), .number(pending.number))
    }
}
