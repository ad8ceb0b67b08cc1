import AWS
import Authorization
import Door
import KMSAPI
import Storage
import World

/// The keys of the caller's account in this Region, those that AWS manages included.
/// - Source: KMS API Reference, "ListKeys".
struct ListKeys: Query, OnAccount {
    typealias Shape = KMS.ListKeys
    static var hasConditionsOfCalls: Bool { false }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (account, region) = (permit.target, permit.facts.region)
        let page = try Page(input.limit, input.marker, ordinary: 100)
        let ids = try snapshot.rows(
            """
            SELECT id FROM kms_key
            WHERE account = ? AND region = ? AND id > ? AND (deletion IS NULL OR deletion > ?) ORDER BY id LIMIT ?
            """, .text(account.description), .text(region.description), .text(page.after),
            .int(permit.facts.now.milliseconds), .number(page.fetch)
        ) { $0.text(0) }
        let (some, marker) = page.cut(ids) { $0 }
        return Output(
            keys: some.map { KMS.KeyListEntry(keyId: $0, keyArn: KMSKey.arn(account, region, $0)) },
            nextMarker: marker, truncated: marker != nil)
    }
}
