import AWS
import Journal
import Smithy

/// How a service's records differ from the others'.
/// - Source: CloudTrail User Guide and real records of each service.
final class RecordStyle: Sendable {
    let source: String
    let times: RecordEncoder.TimeStyle
    private let isGlobal: Bool
    /// Whether the record of a denied call shows what was asked. Most services' do not.
    let showsDeniedRequests: Bool
    /// Operations whose events are data events, for calls that fail before an operation can say so itself.
    let dataOperations: Set<String>
    private let bracketsUserAgent: Bool
    let subjectTypes: RecordEncoder.SubjectTypes

    private init(
        source: String, times: RecordEncoder.TimeStyle = .iso8601, isGlobal: Bool = false,
        showsDeniedRequests: Bool = false, dataOperations: Set<String> = [], bracketsUserAgent: Bool = false,
        subjectTypes: RecordEncoder.SubjectTypes = [:]
    ) {
        (self.source, self.times, self.isGlobal) = (source, times, isGlobal)
        (self.showsDeniedRequests, self.dataOperations) = (showsDeniedRequests, dataOperations)
        (self.bracketsUserAgent, self.subjectTypes) = (bracketsUserAgent, subjectTypes)
    }

    static func of(_ service: ServiceModel) -> RecordStyle {
        switch service.name {
        case "iam": iam
        case "sts": sts
        case "s3": s3
        case "s3control": s3Control
        case "cloudtrail": cloudTrail
        case "accessanalyzer": accessAnalyzer
        case "kms": kms
        case "secretsmanager": secretsManager
        default: RecordStyle(source: service.name + ".amazonaws.com")
        }
    }

    /// Where a call is recorded: those to global services in us-east-1, whatever Region was called.
    func region(_ facts: RequestFacts) -> Region { isGlobal ? .usEast1 : facts.region }

    /// S3 writes the user agent in brackets.
    func userAgent(_ facts: RequestFacts) -> String? {
        bracketsUserAgent ? facts.userAgent.map { "[\($0)]" } : facts.userAgent
    }

    private static let iam = RecordStyle(
        source: "iam.amazonaws.com", times: .iam, isGlobal: true,
        subjectTypes: [
            "userName": "AWS::IAM::User", "groupName": "AWS::IAM::Group", "roleName": "AWS::IAM::Role",
            "policyArn": "AWS::IAM::Policy", "accessKeyId": "AWS::IAM::AccessKey",
        ])
    private static let sts = RecordStyle(
        source: "sts.amazonaws.com", times: .sts,
        subjectTypes: ["roleArn": "AWS::IAM::Role", "accessKeyId": "AWS::IAM::AccessKey"])
    private static let s3 = RecordStyle(
        source: "s3.amazonaws.com", showsDeniedRequests: true,
        dataOperations: [
            "GetObject", "PutObject", "PostObject", "DeleteObject", "DeleteObjects", "HeadObject", "HeadBucket",
            "ListObjects",
            "ListObjectsV2", "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging", "GetObjectAttributes",
            "GetObjectAcl", "PutObjectAcl", "ListObjectVersions", "PutObjectRetention", "GetObjectRetention",
            "PutObjectLegalHold",
            "GetObjectLegalHold",
            "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload",
            "ListParts", "ListMultipartUploads", "CopyObject", "UploadPartCopy",
        ], bracketsUserAgent: true, subjectTypes: ["bucketName": "AWS::S3::Bucket"])
    private static let s3Control = RecordStyle(
        source: "s3.amazonaws.com", showsDeniedRequests: true, bracketsUserAgent: true)
    private static let accessAnalyzer = RecordStyle(source: "access-analyzer.amazonaws.com")
    private static let kms = RecordStyle(source: "kms.amazonaws.com", times: .sts)
    private static let secretsManager = RecordStyle(source: "secretsmanager.amazonaws.com", times: .sts)
    private static let cloudTrail = RecordStyle(source: "cloudtrail.amazonaws.com")
}
