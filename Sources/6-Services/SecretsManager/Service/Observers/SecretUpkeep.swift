import AWS
import Door
public import Observers
import SecretsManagerAPI
public import Storage
public import World

/// Removes secrets whose recovery windows are over. They count as gone before.
public struct SecretUpkeep: Chore {
    public let name = "ended secrets"
    private let store: Store
    private let ended: EndedSecrets

    /// How many are removed between two looks.
    private static let atOnce = 20

    /// Keeps nothing of its own.
    public init(_ store: Store, _ ended: EndedSecrets) { (self.store, self.ended) = (store, ended) }

    /// The longest ended first, each with its records in a transaction of its own.
    public func tend(_ now: Instant) async throws -> Bool {
        let places = try store.read { snapshot in
            try snapshot.rows(
                "SELECT account, region, name FROM secret WHERE deletion <= ? ORDER BY deletion LIMIT ?",
                .int(now.milliseconds), .number(SecretUpkeep.atOnce)
            ) { row in
                SecretPlace(
                    account: try AccountID.stored(row.text(0)), region: try Region.stored(row.text(1)),
                    name: row.text(2))
            }
        }
        for place in places {
            try await store.write(.synced, isReclaiming: true) { [ended] transaction in
                try ended.removeEnded(place, now, &transaction)
            }
        }
        return places.count == SecretUpkeep.atOnce
    }
}
