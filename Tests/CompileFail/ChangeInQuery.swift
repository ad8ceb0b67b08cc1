// A query has nothing to change the store with.
// expect: value of type 'Snapshot' has no member 'run'

import AWS
import Door
import STSAPI
import Storage

struct Attempt: Query {
    typealias Shape = STS.GetCallerIdentity

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .signedIn(reason: "an attempt")
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        try snapshot.run("DELETE FROM everything")
        return Output()
    }
}
