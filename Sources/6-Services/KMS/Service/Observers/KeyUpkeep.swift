import AWS
import Door
public import Journal
import KMSAPI
public import KeyEngine
public import Observers
public import Storage
public import World

/// What falls due with keys: the end of waiting periods, of imported material, and the rotations of a rhythm.
///
/// Each is a transaction with its record.
public struct KeyUpkeep: Chore {
    public let name = "KMS keys"
    private let store: Store
    private let journal: Journal
    private let keys: Keys
    private let engine: any KeyEngine
    private let events: KeyEvents
    private let world: World

    /// How many are done between two looks.
    private static let atOnce = 20

    /// Keeps nothing of its own.
    public init(_ store: Store, _ journal: Journal, _ keys: Keys, _ engine: any KeyEngine, _ world: World) {
        (self.store, self.journal, self.keys, self.engine, self.world) = (store, journal, keys, engine, world)
        events = KeyEvents(identifiers: world.identifiers)
    }

    /// Where a key is.
    private struct Place: Sendable {
        let account: AccountID
        let region: Region
        let id: String

        init(_ row: borrowing Row) throws {
            (account, region) = (try AccountID.stored(row.text(0)), try Region.stored(row.text(1)))
            id = row.text(2)
        }
    }

    /// Which keys something is due of; the first of them are left out.
    private typealias Due = (Instant, Int, borrowing Snapshot) throws -> [Place]

    /// Deletions first: what goes need not be rotated.
    public func tend(_ now: Instant) async throws -> Bool {
        let isMore = [
            try await tend(KeyUpkeep.ended, now, by: remove), try await tend(KeyUpkeep.expired, now, by: expire),
            try await tend(KeyUpkeep.turned, now, by: rotate),
        ]
        return isMore.contains(true)
    }

    /// Does it to the first keys that it can be done to: those that fail stay due, and are passed over.
    private func tend(
        _ due: Due, _ now: Instant, by work: (Place, Instant) async throws -> Void
    ) async throws -> Bool {
        var failed = 0
        while true {
            let places = try store.read { snapshot in try due(now, failed, snapshot) }
            let done = await tend(places, now, by: work)
            failed += places.count - done
            if places.count < KeyUpkeep.atOnce { return false }
            if done > 0 { return true }
        }
    }

    /// How many it could be done to. One key that fails keeps no other from its turn.
    private func tend(
        _ places: [Place], _ now: Instant, by work: (Place, Instant) async throws -> Void
    ) async -> Int {
        var done = 0
        for place in places {
            do {
                try await work(place, now)
                done += 1
            } catch {
                let key = KMSKey.arn(place.account, place.region, place.id)
                world.log(
                    .warning, "the upkeep of a key failed; it is tried again later", ["key": key, "reason": "\(error)"])
            }
        }
        return done
    }

    private static func ended(_ now: Instant, _ skipped: Int, _ snapshot: borrowing Snapshot) throws -> [Place] {
        try snapshot.rows(
            """
            SELECT account, region, id FROM kms_key WHERE deletion <= ? ORDER BY deletion, account, region, id
            LIMIT ? OFFSET ?
            """, .int(now.milliseconds), .number(atOnce), .number(skipped)
        ) { try Place($0) }
    }

    private static func expired(_ now: Instant, _ skipped: Int, _ snapshot: borrowing Snapshot) throws -> [Place] {
        try snapshot.rows(
            """
            SELECT DISTINCT account, region, key FROM kms_import WHERE expires <= ? ORDER BY account, region, key
            LIMIT ? OFFSET ?
            """, .int(now.milliseconds), .number(atOnce), .number(skipped)
        ) { try Place($0) }
    }

    /// A key that is disabled is not rotated before it is enabled again.
    private static func turned(_ now: Instant, _ skipped: Int, _ snapshot: borrowing Snapshot) throws -> [Place] {
        try snapshot.rows(
            """
            SELECT account, region, id FROM kms_key
            WHERE rotation_next <= ? AND enabled = 1 AND deletion IS NULL AND window IS NULL
            ORDER BY rotation_next, account, region, id LIMIT ? OFFSET ?
            """, .int(now.milliseconds), .number(atOnce), .number(skipped)
        ) { try Place($0) }
    }

    private enum Removal: Sendable {
        case begun
        /// Nil where there is nothing to remove any more.
        case ended(KMSKey?)
    }

    private func remove(_ place: Place, _ now: Instant) async throws {
        while true {
            let removal = try await store.write(.synced, isReclaiming: true) { [self] transaction -> Removal in
                guard let key = try keys.find(place.id, in: place.account, place.region, transaction.snapshot),
                    key.isGone(now)
                else { return .ended(nil) }
                if try key.removeSomeGrants(&transaction) { return .begun }
                try key.remove(now, &transaction)
                try journal.append(events.event("DeleteKey", on: key, now, nil), in: &transaction)
                return .ended(key)
            }
            guard case .ended(let key) = removal else { continue }
            key?.forget(by: engine)
            return
        }
    }

    private func expire(_ place: Place, _ now: Instant) async throws {
        let key = try await store.write(.synced, isReclaiming: true) { [self] transaction -> KMSKey? in
            guard let key = try keys.find(place.id, in: place.account, place.region, transaction.snapshot) else {
                return nil
            }
            let all = key.materials + [key.pendingMaterial].compactMap { $0 }
            for material in all where material.expires.map({ $0 <= now }) ?? false {
                try Imports.remove(material, from: key, &transaction)
                let event = events.event(
                    "DeleteExpiredKeyMaterial", on: key, now, ["keyMaterialId": material.id])
                try journal.append(event, in: &transaction)
            }
            return key
        }
        key?.forget(by: engine)
    }

    private func rotate(_ place: Place, _ now: Instant) async throws {
        let found = try store.read { snapshot in
            try keys.find(place.id, in: place.account, place.region, snapshot)
        }
        guard let found else { return }
        let number = found.nextMaterialNumber
        let made = try await engine.generate(
            found.spec.newMaterial(by: engine), for: KMSKey.context(found.account, found.id, number))
        try await store.write(.synced) { [self] transaction in
            guard let key = try keys.find(place.id, in: place.account, place.region, transaction.snapshot),
                key.state(now) == .enabled, key.nextMaterialNumber == number, let days = key.rotationPeriod,
                let due = key.nextRotation, due <= now
            else { return }
            try KeyWork.requireKept(made.key.wrapped, by: engine)
            let material = Hexadecimal.string(events.identifiers.bytes(32))
            try key.add(made, number: number, id: material, .automatic, now, in: &transaction)
            try key.set(rotation: (days, Rotation.following(due, every: days, now)), in: &transaction)
            try journal.append(events.rotation(key, to: material, .automatic, now), in: &transaction)
        }
    }
}
