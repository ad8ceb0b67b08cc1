import AWS
import Authorization
import Door
import KMSAPI
import Storage

/// The grants of a key.
/// - Source: KMS API Reference, "ListGrants".
struct ListGrants: Query, OnKey {
    typealias Shape = KMS.ListGrants
    static var takesAliases: Bool { false }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func access(_ input: Input, to target: KeyTarget, for facts: RequestFacts) throws -> Access {
        .ask(target.ask(Action("kms", "ListGrants"), facts, keys: GrantConditions.ofCall(facts)))
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let key = try permit.target.required()
        let page = try Page(input.limit, input.marker, ordinary: 50, most: 100)
        try input.grantId.map(GrantID.check)
        let grantee = try input.granteePrincipal.map { try GrantPrincipal($0, keys.names, snapshot).stored }
        let all =
            if let id = input.grantId {
                try [Grant.find(id, in: key.region, snapshot)].compactMap { $0 }.filter {
                    $0.isOf(key) && $0.id > page.after && (grantee == nil || $0.grantee.stored == grantee)
                }
            } else {
                try Grant.list(of: key, to: grantee, after: page.after, limit: page.fetch, snapshot)
            }
        let (some, marker) = page.cut(all, key: \.id)
        return Output(
            grants: try some.map { try $0.shape(keys.names, snapshot) }, nextMarker: marker, truncated: marker != nil)
    }
}

/// The grants that a principal of the caller's account may retire, of keys of any account.
/// - Source: KMS API Reference, "ListRetirableGrants".
struct ListRetirableGrants: Query, OnAccount {
    typealias Shape = KMS.ListRetirableGrants
    static var hasConditionsOfCalls: Bool { false }
    let keys: Keys

    private static let foreign = AccessDenied("The retiring principal must be one of the caller's account.")

    /// About the retiring principal, wherever the keys are.
    /// - Source: KMS API Reference, "ListRetirableGrants", "Required permissions".
    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("kms", "ListRetirableGrants"), on: input.retiringPrincipal, of: target, keys: [])
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try Page(input.limit, input.marker, ordinary: 50, most: 100)
        // Before anybody is looked for: who is of another account is not told here.
        if let account = ARN(input.retiringPrincipal)?.accountID, account != permit.target {
            throw ListRetirableGrants.foreign
        }
        let principal = try GrantPrincipal(input.retiringPrincipal, keys.names, snapshot)
        guard ARN(principal.name)?.accountID == permit.target else { throw ListRetirableGrants.foreign }
        let all = try Grant.list(
            retiring: principal.stored, in: permit.facts.region, after: page.after, limit: page.fetch, snapshot)
        let (some, marker) = page.cut(all, key: \.id)
        return Output(
            grants: try some.map { try $0.shape(keys.names, snapshot) }, nextMarker: marker, truncated: marker != nil)
    }
}
