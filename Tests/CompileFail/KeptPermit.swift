// A permit cannot outlive the call it was given for.
// expect: 'permit' is borrowed and cannot be consumed

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
        Keeper.kept = consume permit
        return Output()
    }
}

enum Keeper {
    nonisolated(unsafe) static var kept: Permit<AccountID>?
}
