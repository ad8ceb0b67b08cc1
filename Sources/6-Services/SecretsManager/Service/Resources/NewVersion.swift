import Door
import SecretsManagerAPI
import Storage
import World

/// A version about to be written: its value is ciphertext already.
struct NewVersion: Sendable {
    let id: String
    let isBinary: Bool
    let value: SealedValue
    /// The secret that it was sealed for.
    let arn: String

    /// Writes it, with these labels; the first of all is current, whatever they are.
    func write(
        to secret: Secret, _ labels: [String], _ now: Instant, _ transaction: inout Transaction
    ) throws {
        let place = secret.place
        // What was looked at while the value was sealed may be another secret by now, or have this version already.
        guard secret.arn == arn, try StoredVersion.find(id, of: place, transaction.snapshot) == nil else {
            throw Failure.unsettled
        }
        try SecretVersion.prune(place, now, &transaction)
        try transaction.run(
            """
            INSERT INTO secret_version (account, region, secret, id, created, binary) VALUES (?, ?, ?, ?, ?, ?)
            """, place.accountValue, place.regionValue, .text(place.name), .text(id), .int(now.milliseconds),
            .bool(isBinary))
        try value.write(as: id, of: place, &transaction)
        var staging = try StagingLabels.all(of: place, transaction.snapshot)
        let isFirst = staging.holder(of: StagingLabels.current) == nil
        try staging.put(
            labels + (isFirst && !labels.contains(StagingLabels.current) ? [StagingLabels.current] : []), on: id)
        try staging.write(to: place, &transaction)
    }
}
