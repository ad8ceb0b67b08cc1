// A condition key cannot be made from any text: only generated constants are keys.
// expect: 'SingleValuedKey' initializer is inaccessible due to '@_spi' protection level

import AWS
import Door

let entry = ConditionEntry(SingleValuedKey("s3:prefx"), "team/")
