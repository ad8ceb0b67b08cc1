let s3ControlPatches: [Patch] = [
    Patch(
        .pattern(shape: "S3ResourceArn", nil),
        because: "no bucket's ARN fits the model's, while the S3 User Guide tags buckets by theirs"),
    Patch(
        .error("NoSuchPublicAccessBlockConfiguration", code: "NoSuchPublicAccessBlockConfiguration", status: 404),
        because: "GetPublicAccessBlock throws it; the model does not list it for the operation"),
    Patch(.error("InvalidRequest", code: "InvalidRequest", status: 400), because: "common to all operations"),
    Patch(.error("MalformedXML", code: "MalformedXML", status: 400), because: "common to all operations"),
]
