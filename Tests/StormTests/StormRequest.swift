import Authentication
import Crypto
import Formats
import HTTP
import IAMAPI
import STSAPI
import Scaffold
import Smithy
import World

/// A call as a client of AWS sends it, signed.
struct StormRequest: Sendable {
    let head: RequestHead
    let body: [UInt8]

    init(_ call: Call, as keys: Keys, at time: Instant) {
        if call.isS3 {
            self.init(s3: call, keys, time)
        } else {
            self.init(form: call, keys, time)
        }
    }

    private init(s3 call: Call, _ keys: Keys, _ time: Instant) {
        let (method, target, content) = StormRequest.s3(call)
        self.init(
            method, target, [("host", "s3.us-east-1.amazonaws.com")], content,
            SigningService(name: "s3", region: "us-east-1", family: .s3), keys, time)
    }

    private static func s3(_ call: Call) -> (method: String, target: String, content: [UInt8]) {
        func place(_ bucket: String, _ key: String) -> String {
            "/" + bucket + "/"
                + key.split(separator: "/").map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
        }
        switch call {
        case .createBucket(let bucket): return ("PUT", "/" + bucket, [])
        case .deleteBucket(let bucket): return ("DELETE", "/" + bucket, [])
        case .putObject(let bucket, let key, let content): return ("PUT", place(bucket, key), content)
        case .getObject(let bucket, let key): return ("GET", place(bucket, key), [])
        case .deleteObject(let bucket, let key): return ("DELETE", place(bucket, key), [])
        case .listObjects(let bucket): return ("GET", "/" + bucket + "?list-type=2", [])
        default: preconditionFailure("\(call.name) is no call of S3")
        }
    }

    private init(form call: Call, _ keys: Keys, _ time: Instant) {
        let isSTS =
            switch call {
            case .whoAmI, .assumeRole: true
            default: false
            }
        self.init(
            action: call.name, StormRequest.members(call), to: isSTS ? STS.service : IAM.service, as: keys, at: time)
    }

    /// A form of IAM's, or of another service.
    init(
        action: String, _ members: [(String, String)], to service: ServiceModel = IAM.service, as keys: Keys,
        at time: Instant
    ) {
        let members = [("Action", action), ("Version", service.apiVersion)] + members
        let text = members.map { $0 + "=" + PercentEncoding.encode($1) }.joined(separator: "&")
        self.init(
            "POST", "/",
            [
                ("host", service.endpointPrefix + ".amazonaws.com"),
                ("content-type", "application/x-www-form-urlencoded"),
            ], Array(text.utf8),
            SigningService(name: service.signingName, region: "us-east-1", family: .query), keys, time)
    }

    static let policy = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#

    private static func members(_ call: Call) -> [(String, String)] {
        switch call {
        case .createUser(let name), .deleteUser(let name), .getUser(let name), .createKey(let name):
            [("UserName", name)]
        case .grant(let name): [("UserName", name), ("PolicyName", "all"), ("PolicyDocument", policy)]
        case .revoke(let name): [("UserName", name), ("PolicyName", "all")]
        case .setKey(let name, let id, let isActive):
            [("UserName", name), ("AccessKeyId", id), ("Status", isActive ? "Active" : "Inactive")]
        case .deleteKey(let name, let id): [("UserName", name), ("AccessKeyId", id)]
        case .assumeRole:
            [
                ("RoleArn", "arn:aws:iam::\(Foundations.account):role/\(Storm.role)"), ("RoleSessionName", "storm"),
                ("DurationSeconds", "900"),
            ]
        default: []
        }
    }

    private init(
        _ method: String, _ target: String, _ headers: [(name: String, value: String)], _ body: [UInt8],
        _ service: SigningService, _ keys: Keys, _ time: Instant
    ) {
        let signer = RequestSigner(
            accessKeyID: keys.id, secret: SecretBytes(Array(keys.secret.utf8)), sessionToken: keys.token,
            service: service)
        let headers = headers + [("content-length", String(body.count))]
        let added = signer.headers(
            for: .init(method: method, target: target, headers: headers), body: body, at: time)
        head = RequestHead(method: method, target: target, headers: headers + added)
        self.body = body
    }
}
