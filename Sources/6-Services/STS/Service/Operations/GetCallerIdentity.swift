import AWS
import Authentication
import Door
import STSAPI
import Storage

/// Who calls. Needs no permission, and none can be taken away.
/// - Source: STS API Reference, "GetCallerIdentity".
struct GetCallerIdentity: Query {
    typealias Shape = STS.GetCallerIdentity

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .signedIn(reason: "AWS asks no permission for it; a Deny in any policy has no effect")
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let principal = permit.facts.caller.principal
        return Output(userId: principal.userID, account: permit.target.description, arn: principal.arn)
    }
}
