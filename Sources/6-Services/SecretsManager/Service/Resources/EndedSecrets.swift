import Door
public import Journal
import SecretsManagerAPI
import Storage
public import World

/// Takes away the rows of secrets: at once, or when their recovery windows are over. CloudTrail has it of each version.
public struct EndedSecrets: Sendable {
    let secrets: Secrets
    let journal: Journal
    let events: VersionEvents

    /// Keeps nothing of its own.
    public init(_ secrets: Secrets, _ journal: Journal, _ world: World) {
        (self.secrets, self.journal) = (secrets, journal)
        events = VersionEvents(identifiers: world.identifiers)
    }

    /// Removes one that is there, with all of its versions, and their traces.
    func remove(_ secret: Secret, _ now: Instant, _ transaction: inout Transaction) throws {
        try note(.end, of: secret, now, &transaction)
        let place = secret.place
        let (account, region, name) = (place.accountValue, place.regionValue, SQLValue.text(place.name))
        try transaction.run(
            "DELETE FROM secret_text WHERE account = ? AND region = ? AND secret = ?", account, region, name)
        try transaction.run(
            "DELETE FROM secret_stage WHERE account = ? AND region = ? AND secret = ?", account, region, name)
        try transaction.run(
            "DELETE FROM secret_version WHERE account = ? AND region = ? AND secret = ?", account, region, name)
        try transaction.run(
            "DELETE FROM secret_tag WHERE account = ? AND region = ? AND secret = ?", account, region, name)
        try transaction.run(
            "DELETE FROM secret WHERE account = ? AND region = ? AND name = ?", account, region, name)
        transaction.touch(.resourcePolicies)
        transaction.eraseTraces()
    }

    /// Removes one whose time is over, if it is still there.
    func removeEnded(_ place: SecretPlace, _ now: Instant, _ transaction: inout Transaction) throws {
        guard let secret = try secrets.find(place, in: transaction.snapshot), secret.isGone(now) else { return }
        try remove(secret, now, &transaction)
    }

    /// Tells of each version of a secret that it is to go, stays, or has gone.
    func note(
        _ step: VersionEvents.Step, of secret: Secret, _ now: Instant, _ transaction: inout Transaction
    ) throws {
        for version in try SecretVersion.list(of: secret.place, after: nil, limit: .max, transaction.snapshot) {
            try journal.append(events.event(step, of: version.id, of: secret, now), in: &transaction)
        }
    }
}
