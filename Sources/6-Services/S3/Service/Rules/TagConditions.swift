import AWS
import Door
import S3API

/// What policies see of tags.
/// - Source: S3 User Guide, "Tagging and access control policies"; Service Authorization Reference, Amazon S3.
enum TagConditions {
    /// The actions that the tags of the object bear on. Storing and deleting objects are not among them.
    private static let seeExisting: Set<String> = [
        "GetObject", "GetObjectAcl", "GetObjectAttributes", "GetObjectTagging", "PutObjectAcl",
        "PutObjectTagging", "DeleteObjectTagging", "UpdateObjectEncryption",
    ]

    /// The tags the object has.
    static func existing(_ tags: [S3.Tag], for action: String) -> [ConditionEntry] {
        guard !tags.isEmpty, seeExisting.contains(action) else { return [] }
        return tags.map { ConditionEntry(.s3ExistingObjectTag($0.key), $0.value) }
    }

    /// The tags the request brings.
    static func requested(_ tags: [S3.Tag]) -> [ConditionEntry] {
        guard !tags.isEmpty else { return [] }
        return tags.map { ConditionEntry(.s3RequestObjectTag($0.key), $0.value) } + [
            ConditionEntry(.s3RequestObjectTagKeys, tags.map(\.key))
        ]
    }

    /// The tags that a request brings for a bucket.
    static func ofBucket(_ tags: [S3.Tag]) -> [ConditionEntry] {
        guard !tags.isEmpty else { return [] }
        return tags.map { ConditionEntry(.awsRequestTag($0.key), $0.value) } + [
            ConditionEntry(.awsTagKeys, tags.map(\.key))
        ]
    }
}
