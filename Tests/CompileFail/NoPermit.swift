// A handler without a permit is no handler.
// expect: type 'Attempt' does not conform to protocol 'Query'

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

    func answer(_ input: Input, in snapshot: borrowing Snapshot) throws -> Output { Output() }
}
