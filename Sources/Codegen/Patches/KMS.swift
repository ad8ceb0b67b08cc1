let kmsPatches: [Patch] = [
    Patch(.error("ValidationException", code: "ValidationException", status: 400), because: "common to all operations")
]
