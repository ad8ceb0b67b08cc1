let stsPatches: [Patch] = [
    Patch(.readOnly(operation: "AssumeRole"), because: "CloudTrail records sts:AssumeRole with readOnly true"),
    Patch(.readOnly(operation: "AssumeRoot"), because: "it gives credentials and changes nothing, as AssumeRole"),
    Patch(
        .readOnly(operation: "DecodeAuthorizationMessage"), because: "it changes nothing, whatever its first word says"),
    Patch(
        .error("ValidationErrorException", code: "ValidationError", status: 400),
        because: "common to all operations; the model lists it nowhere"),
    Patch(
        .sensitive(shape: "tokenCodeType"),
        because: "a code that was refused may still be good for its device: no record holds one"),
]
