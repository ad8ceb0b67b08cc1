import AWS
import Door
import Journal
import KMSAPI
import Smithy
import Storage
import World

/// A change that takes a key out of use, which policies may forbid for keys that were used lately.
protocol TurningOff: KeyChange, InformedChange {
    var uses: KeyUses { get }
    /// Condition keys besides the days without use.
    func ownConditions(_ input: Input) -> [ConditionEntry]
}

extension TurningOff {
    static var readsJournal: Bool { true }
    func ownConditions(_ input: Input) -> [ConditionEntry] { [] }

    func inform(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts {
        let key = try uses.store.read { snapshot in try resolve(input, for: facts, in: snapshot).key }
        guard let key, let last = try await uses.last(of: key, among: KeyUses.tracked) else { return facts }
        return facts.showing(LastUse(key: key.arn, time: last.time))
    }

    func access(_ input: Input, to target: KeyTarget, for facts: RequestFacts) throws -> Access {
        var entries = ownConditions(input)
        if let key = target.key {
            let days = String(LastUse.days(without: key, facts))
            entries.append(
                (facts.evidence as? Lookout).map {
                    ConditionEntry(.kmsTrailingDaysWithoutKeyUsage, WatchedValue(days, seenBy: $0))
                } ?? ConditionEntry(.kmsTrailingDaysWithoutKeyUsage, days))
        }
        return .ask(target.ask(Action("kms", Shape.model.name), facts, keys: entries))
    }
}

/// When a key was last used, as it was found before the transaction.
private struct LastUse: Sendable {
    let key: String
    let time: Instant

    /// Whole days since the key was used, or made where it never was.
    /// - Source: KMS Developer Guide, "AWS KMS condition keys", `kms:TrailingDaysWithoutKeyUsage`.
    static func days(without key: KMSKey, _ facts: RequestFacts) -> Int64 {
        let found = facts.evidence as? LastUse
        let last = found.flatMap { $0.key == key.arn ? $0.time : nil } ?? key.created
        return max(0, facts.now.milliseconds - last.milliseconds) / 86_400_000
    }
}
