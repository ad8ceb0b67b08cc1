let stsPatches: [Patch] = [
    Patch(.readOnly(operation: "AssumeRole"), because: "CloudTrail records sts:AssumeRole with readOnly true"),
    Patch(
        .error("ValidationErrorException", code: "ValidationError", status: 400),
        because: "common to all operations; the model lists it nowhere"),
]
