let iamPatches: [Patch] = [
    Patch(
        .error("ValidationErrorException", code: "ValidationError", status: 400),
        because: "common to all operations; the model lists it nowhere"),
    Patch(
        .sensitive(shape: "authenticationCodeType"),
        because: "a code that was refused may still be good for its device: no record holds one"),
]
