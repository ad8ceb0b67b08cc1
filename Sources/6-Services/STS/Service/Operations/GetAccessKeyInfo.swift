import AWS
import Door
import STSAPI
import Storage

/// The account an access key belongs to, whether or not the key is still there.
/// - Source: STS API Reference, "GetAccessKeyInfo".
struct GetAccessKeyInfo: Query {
    typealias Shape = STS.GetAccessKeyInfo
    let roles: any RoleDirectory

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID? {
        // A chosen root key need not carry its account in its text, so the store is asked first.
        try roles.account(ofAccessKey: input.accessKeyId, in: snapshot) ?? AccessKeyID.account(of: input.accessKeyId)
    }

    func access(_ input: Input, to target: AccountID?, for facts: RequestFacts) throws -> Access {
        .ask(Action("sts", "GetAccessKeyInfo"), on: "*", of: try facts.signedAccount())
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID?>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let account = permit.target else { throw Invalid("Invalid Access Key Id") }
        return Output(account: account.description)
    }
}
