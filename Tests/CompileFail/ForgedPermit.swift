// A permit cannot be made outside the gate.
// expect: 'Permit<Target>' initializer is inaccessible due to 'internal' protection level

import AWS
import Door
import STSAPI
import Storage

func forge(_ account: AccountID, _ facts: RequestFacts) -> Permit<AccountID> {
    Permit(account, facts)
}
