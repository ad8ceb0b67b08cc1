// Nobody but the front sends a call through the gate.
// expect: 'run' is inaccessible due to 'internal' protection level

import AWS
import Door
import STSAPI
import Storage

func call(_ gate: Gate, _ input: STS.GetCallerIdentity.Input, _ facts: RequestFacts) async throws {
    _ = try await gate.run(Attempt(), input, facts)
}

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
        Output()
    }
}
