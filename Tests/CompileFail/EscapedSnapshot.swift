// A snapshot cannot leave the closure it was lent to.
// expect: instance method 'read' requires that 'Snapshot' conform to 'Copyable'

import AWS
import Door
import STSAPI
import Storage

func escape(_ store: Store) throws -> Snapshot {
    try store.read { snapshot in snapshot }
}
