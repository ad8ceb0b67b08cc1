// A handler cannot open a second transaction, even where it was handed the store.
// expect: 'async' call in a function that does not support concurrency

import AWS
import Door
import STSAPI
import Storage

struct Attempt: Change {
    let store: Store
    typealias Shape = STS.GetCallerIdentity

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .signedIn(reason: "an attempt")
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        try store.write { inner in try inner.run("DELETE FROM everything") }
        return Output()
    }
}
