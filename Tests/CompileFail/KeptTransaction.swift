// A transaction cannot be kept beyond its closure.
// expect: missing reinitialization of inout parameter 'transaction' after consume

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
    ) throws -> Output {
        Keeper.kept = consume transaction
        return Output()
    }
}

enum Keeper {
    nonisolated(unsafe) static var kept: Transaction?
}
