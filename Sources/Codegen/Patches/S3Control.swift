let s3ControlPatches: [Patch] =
    [
        Patch(
            .pattern(shape: "S3ResourceArn", nil),
            because: "no bucket's ARN fits the model's, while the S3 User Guide tags buckets by theirs"),
        Patch(
            .pattern(shape: "StringForNextToken", nil),
            because: "S3 itself tells which tokens it gave, and no text of a schema can hold this pattern"),
        Patch(
            .error("NoSuchPublicAccessBlockConfiguration", code: "NoSuchPublicAccessBlockConfiguration", status: 404),
            because: "GetPublicAccessBlock throws it; the model does not list it for the operation"),
        Patch(.error("InvalidRequest", code: "InvalidRequest", status: 400), because: "common to all operations"),
        Patch(.error("MalformedXML", code: "MalformedXML", status: 400), because: "common to all operations"),
    ]
    + [
        ("NoSuchAccessPoint", 404), ("NoSuchAccessPointPolicy", 404), ("AccessPointAlreadyOwnedByYou", 409),
        ("InvalidArgument", 400), ("InvalidToken", 400), ("TooManyAccessPoints", 400),
    ].map {
        Patch(
            .error($0.0, code: $0.0, status: $0.1),
            because: "S3 API Reference, \"Error responses\"; the model lists none for access points")
    }
