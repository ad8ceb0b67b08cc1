// A condition key declared a list does not take a single value: cardinality decides how conditions read it.
// expect: cannot convert value of type 'String' to expected argument type '[String]'

import AWS
import Door

let entry = ConditionEntry(.awsTagKeys, "Department")
