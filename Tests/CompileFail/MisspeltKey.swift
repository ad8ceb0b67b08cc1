// A condition key that the service does not have does not compile.
// expect: type 'SingleValuedKey' has no member 's3Prefx'

import AWS
import Door
import S3API

let entry = ConditionEntry(.s3Prefx, "team/")
