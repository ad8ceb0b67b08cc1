// Nobody calls a handler without a permit.
// expect: missing argument for parameter 'under' in call

import AWS
import Door
import STSAPI
import Storage

func call<Op: Query>(_ operation: Op, _ input: Op.Input, in snapshot: borrowing Snapshot) throws -> Op.Output {
    try operation.answer(input, in: snapshot)
}
