// A transaction cannot be made outside the store.
// expect: 'Transaction' initializer is inaccessible due to 'internal' protection level

import AWS
import Door
import STSAPI
import Storage

func forge(_ snapshot: consuming Snapshot) -> Transaction {
    Transaction(snapshot)
}
