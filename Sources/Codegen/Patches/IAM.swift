let iamPatches: [Patch] = [
    Patch(
        .error("ValidationErrorException", code: "ValidationError", status: 400),
        because: "common to all operations; the model lists it nowhere")
]
