import Journal
import Smithy

/// How a service's records differ from the others'.
/// - Source: CloudTrail User Guide and real records of each service.
struct RecordStyle: Sendable {
    let source: String
    var times = RecordEncoder.TimeStyle.iso8601
    /// Recorded in us-east-1 whatever Region was called.
    var isGlobal = false
    /// How a denial's `errorCode` is spelt.
    var accessDeniedCode = "AccessDenied"
    /// Whether the record of a denied call shows what was asked. Most services' do not.
    var showsDeniedRequests = false
    var printsAPIVersion = false
    /// Operations whose events are data events, for calls that fail before an operation can say so itself.
    var dataOperations: Set<String> = []
    /// S3 writes the user agent in brackets.
    var bracketsUserAgent = false
    var subjectTypes: RecordEncoder.SubjectTypes = [:]

    static func of(_ service: ServiceModel) -> RecordStyle {
        table[service.name] ?? RecordStyle(source: service.name + ".amazonaws.com")
    }

    private static let table: [String: RecordStyle] = [
        "iam": RecordStyle(
            source: "iam.amazonaws.com", times: .iam, isGlobal: true,
            subjectTypes: [
                "userName": "AWS::IAM::User", "groupName": "AWS::IAM::Group", "roleName": "AWS::IAM::Role",
                "policyArn": "AWS::IAM::Policy", "accessKeyId": "AWS::IAM::AccessKey",
            ]),
        "sts": RecordStyle(
            source: "sts.amazonaws.com", times: .sts,
            subjectTypes: ["roleArn": "AWS::IAM::Role", "accessKeyId": "AWS::IAM::AccessKey"]),
        "s3": RecordStyle(
            source: "s3.amazonaws.com", showsDeniedRequests: true,
            dataOperations: [
                "GetObject", "PutObject", "DeleteObject", "DeleteObjects", "HeadObject", "HeadBucket", "ListObjects",
                "ListObjectsV2",
            ], bracketsUserAgent: true, subjectTypes: ["bucketName": "AWS::S3::Bucket"]),
        "s3control": RecordStyle(source: "s3.amazonaws.com", showsDeniedRequests: true, bracketsUserAgent: true),
        "cloudtrail": RecordStyle(source: "cloudtrail.amazonaws.com"),
    ]
}
