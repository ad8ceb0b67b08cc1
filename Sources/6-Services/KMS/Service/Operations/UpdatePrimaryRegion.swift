import AWS
import Authorization
import Door
import Journal
import KMSAPI
import Smithy
import Storage
import World

/// Makes a replica the primary key, and the primary a replica. Asked for of both.
/// - Source: KMS API Reference, "UpdatePrimaryRegion".
struct UpdatePrimaryRegion: Change {
    typealias Shape = KMS.UpdatePrimaryRegion
    let keys: Keys

    struct Target: Sendable {
        let primary: KeyTarget
        /// Nil where the request names no other Region.
        let replica: KeyTarget?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let name = try KeyName(input.keyId, for: facts)
        guard case .id = name.part else { throw name.unfit }
        guard name.account == facts.account else {
            throw AccessDenied("The operation UpdatePrimaryRegion cannot be used for a key of another account.")
        }
        let region = Region(input.primaryRegion)
        return Target(
            primary: try keys.target(name, facts, snapshot),
            replica: try region.map { try keys.target(name.in($0), facts, snapshot) })
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let conditions = [ConditionEntry(.kmsPrimaryRegion, input.primaryRegion)]
        let asks = [target.primary, target.replica].compactMap { $0 }.map {
            $0.ask(Action("kms", Shape.model.name), facts, keys: conditions)
        }
        return .ask(asks)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        let (key, now) = (try permit.target.primary.required(), permit.facts.now)
        try Regions.requirePrimary(key)
        try key.require(.updatePrimary, now)
        let region = try Regions.other(input.primaryRegion, than: key)
        guard let replica = permit.target.replica?.key else {
            throw KMS.NotFoundException(
                message: "Key '\(KMSKey.arn(key.account, region, key.id))' does not exist")
        }
        try replica.require(.updatePrimary, now)
        try key.set(rotation: nil, in: &transaction)
        if let days = key.rotationPeriod, let next = key.nextRotation {
            try replica.set(rotation: (days, next), in: &transaction)
        }
        try transaction.run(
            "UPDATE kms_key SET primary_region = ? WHERE account = ? AND id = ?", .text(region.description),
            .text(key.account.description), .text(key.id))
        transaction.touch(.resourcePolicies)
        return Output()
    }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        KMSRecord.ofChange(target?.primary.key, facts)
    }
}
