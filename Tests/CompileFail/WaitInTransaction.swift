// A change cannot wait for anything while its transaction is open.
// expect: type 'Attempt' does not conform to protocol 'Change'

import AWS
import Door
import STSAPI
import Storage

struct Attempt: Change {
    typealias Shape = STS.GetCallerIdentity

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .signedIn(reason: "an attempt")
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) async throws -> Output {
        await Task.yield()
        return Output()
    }
}
