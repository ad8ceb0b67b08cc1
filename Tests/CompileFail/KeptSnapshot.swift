// A snapshot cannot be put away for later.
// expect: 'snapshot' is borrowed and cannot be consumed

import AWS
import Door
import STSAPI
import Storage

func keep(_ store: Store) throws {
    try store.read { snapshot in Keeper.kept = consume snapshot }
}

enum Keeper {
    nonisolated(unsafe) static var kept: Snapshot?
}
