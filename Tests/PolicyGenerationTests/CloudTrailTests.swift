import Authorization
import PolicyGeneration
import Testing
import World

/// Records of our own making, in the form CloudTrail has.
struct CloudTrailTests {
    private static let alice = "arn:aws:iam::111122223333:user/alice"

    private static func record(
        _ source: String, _ name: String, parameters: String = "null", resources: String = "[]", error: String? = nil,
        readOnly: Bool = true, response: String = "null", more: String = ""
    ) -> String {
        """
        {"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"\(alice)",\
        "accountId":"111122223333","userName":"alice"},"eventTime":"2026-03-01T10:00:00Z",\
        "eventSource":"\(source).amazonaws.com","eventName":"\(name)","awsRegion":"eu-west-1",\
        "sourceIPAddress":"203.0.113.7","requestParameters":\(parameters),"responseElements":\(response),\
        \(error.map { "\"errorCode\":\"\($0)\"," } ?? "")"readOnly":\(readOnly),"resources":\(resources),\
        "eventType":"AwsApiCall","recipientAccountId":"111122223333"\(more)}
        """
    }

    private static func uses(_ file: String, of principal: String = alice) throws -> RecordedUses {
        let filter = try #require(PrincipalFilter(principal))
        var uses = RecordedUses(of: filter, during: Instant(milliseconds: .min)...Instant(milliseconds: .max))
        for record in try CloudTrailFile.records(Array(file.utf8)) { uses.add(record) }
        return uses
    }

    private static func told(_ file: String) throws -> [String] {
        let uses = try uses(file)
        _ = try PolicyGenerator.generate(uses.uses)
        return uses.uses.map(\.description)
    }

    @Test func s3OperationsBecomeTheirActions() throws {
        // The names S3 records are not those of its actions.
        func of(_ name: String, _ parameters: String) throws -> [String] {
            try Self.told(Self.record("s3", name, parameters: parameters))
        }
        let object = #"{"bucketName":"b","key":"k/1","Host":"b.s3.amazonaws.com"}"#
        #expect(try of("HeadObject", object) == ["s3:GetObject on arn:aws:s3:::b/k/1"])
        #expect(
            try of("GetObject", #"{"bucketName":"b","key":"k","versionId":"v"}"#)
                == ["s3:GetObjectVersion on arn:aws:s3:::b/k"])
        #expect(try of("ListObjects", #"{"bucketName":"b","prefix":"p/"}"#) == ["s3:ListBucket on arn:aws:s3:::b"])
        #expect(
            try of("CopyObject", #"{"bucketName":"b","key":"k","x-amz-copy-source":"/other/x"}"#)
                == ["s3:GetObject on arn:aws:s3:::other/x", "s3:PutObject on arn:aws:s3:::b/k"])
        #expect(
            try of("DeleteObjects", #"{"bucketName":"b","delete":""}"#) == [
                "s3:DeleteObject on one of arn:aws:s3:::b/*"
            ])
        let settings = [
            "GetBucketEncryption": "GetEncryptionConfiguration", "DeleteBucketEncryption": "PutEncryptionConfiguration",
            "PutBucketLifecycle": "PutLifecycleConfiguration", "DeleteBucketReplication": "PutReplicationConfiguration",
            "PutBucketCors": "PutBucketCORS", "DeleteBucketCors": "PutBucketCORS", "HeadBucket": "ListBucket",
            "DeleteBucketTagging": "PutBucketTagging", "PutBucketPublicAccessBlock": "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock": "PutBucketPublicAccessBlock", "ListObjectVersions": "ListBucketVersions",
            "ListMultipartUploads": "ListBucketMultipartUploads", "GetBucketPolicy": "GetBucketPolicy",
            "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration", "GetBucketLogging": "GetBucketLogging",
            "DeleteBucketWebsite": "DeleteBucketWebsite", "PutBucketOwnershipControls": "PutBucketOwnershipControls",
            "PutBucketNotificationConfiguration": "PutBucketNotification",
            "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
        ]
        for (event, action) in settings {
            #expect(try of(event, #"{"bucketName":"b"}"#) == ["s3:\(action) on arn:aws:s3:::b"])
        }
        #expect(try of("ListBuckets", "null") == ["s3:ListAllMyBuckets on *"])
    }

    @Test func otherNamesAreTheActionsWithoutVersions() throws {
        #expect(
            try Self.told(Self.record("lambda", "UpdateFunctionCode20150331v2", parameters: #"{"functionName":"f"}"#))
                == ["lambda:UpdateFunctionCode on arn:aws:lambda:eu-west-1:111122223333:function:f"])
        #expect(
            try Self.told(Self.record("lambda", "Invoke", parameters: #"{"functionName":"f"}"#))
                == ["lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:f"])
        #expect(
            try Self.told(Self.record("monitoring", "DeleteAlarms", parameters: #"{"alarmNames":["a"]}"#)).first?
                .hasPrefix("cloudwatch:DeleteAlarms on one of arn:aws:cloudwatch:eu-west-1:111122223333:alarm:") == true
        )
        #expect(
            try Self.told(Self.record("ec2", "DescribeInstances", parameters: #"{"instancesSet":{}}"#))
                == ["ec2:DescribeInstances on *"])
        let event = "signin.amazonaws.com ConsoleLogin"
        #expect(try Self.uses(Self.record("signin", "ConsoleLogin")).unknownEvents == [event: 1])
    }

    @Test func resourcesComeFromTheRecord() throws {
        // ARNs first, then names in the places the catalogue gives them; what is not told stays within type and account.
        let key = "arn:aws:kms:eu-west-1:111122223333:key/1234"
        #expect(
            try Self.told(
                Self.record(
                    "kms", "Decrypt", parameters: #"{"encryptionContext":{}}"#,
                    resources: #"[{"ARN":"\#(key)","accountId":"111122223333","type":"AWS::KMS::Key"}]"#))
                == ["kms:Decrypt on \(key)"])
        #expect(
            try Self.told(Self.record("kms", "Decrypt"))
                == ["kms:Decrypt on one of arn:aws:kms:eu-west-1:111122223333:key/*"])
        #expect(
            try Self.told(
                Self.record(
                    "ec2", "StopInstances",
                    parameters: #"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#))
                == [
                    "ec2:StopInstances on arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
                    "ec2:StopInstances on arn:aws:ec2:eu-west-1:111122223333:instance/i-2",
                ])
        #expect(
            try Self.told(
                Self.record(
                    "sqs", "SendMessageBatch",
                    parameters: #"{"queueUrl":"https://sqs.eu-west-1.amazonaws.com/444455556666/jobs"}"#))
                == ["sqs:SendMessage on arn:aws:sqs:eu-west-1:444455556666:jobs"])
        #expect(
            try Self.told(Self.record("secretsmanager", "GetSecretValue", parameters: #"{"secretId":"db"}"#))
                == [
                    "secretsmanager:GetSecretValue on one of arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"
                ])
        #expect(
            try Self.told(Self.record("ssm", "GetParameter", parameters: #"{"name":"/app/key","withDecryption":true}"#))
                == ["ssm:GetParameter on arn:aws:ssm:eu-west-1:111122223333:parameter/app/key"])
    }

    @Test func pathsOfNamesInIAMAreUnknown() throws {
        // A record has the name; the ARN of a user below a path has more.
        #expect(
            try Self.told(Self.record("iam", "GetUser", parameters: #"{"userName":"bob"}"#)) == [
                "iam:GetUser on arn:aws:iam::111122223333:user/bob",
                "iam:GetUser on one of arn:aws:iam::111122223333:user/*/bob",
            ])
        let made = "arn:aws:iam::111122223333:user/dev/bob"
        #expect(
            try Self.told(
                Self.record(
                    "iam", "CreateUser", parameters: #"{"userName":"bob","path":"/dev/"}"#, readOnly: false,
                    response: #"{"user":{"arn":"\#(made)"}}"#)) == ["iam:CreateUser on \(made)"])
    }

    @Test func passedRolesAreNeeded() throws {
        let role = "arn:aws:iam::111122223333:role/worker"
        let uses = try Self.uses(
            Self.record(
                "lambda", "CreateFunction20150331", parameters: #"{"functionName":"f","role":"\#(role)"}"#,
                readOnly: false))
        #expect(uses.uses.map(\.description).contains("iam:PassRole on \(role)"))
        #expect(try PolicyGenerator.generate(uses.uses).inferredActions == ["iam:PassRole"])
    }

    @Test func refusedAndBrokenCallsAreNoUses() throws {
        let object = #"{"bucketName":"b","key":"k"}"#
        for code in ["AccessDenied", "Client.UnauthorizedOperation", "AccessDeniedException"] {
            let uses = try Self.uses(Self.record("s3", "GetObject", parameters: object, error: code))
            #expect(uses.uses.isEmpty && uses.refused.map(\.action) == ["s3:GetObject"])
        }
        let throttled = try Self.uses(Self.record("s3", "GetObject", parameters: object, error: "ThrottlingException"))
        #expect(throttled.uses.isEmpty && throttled.refused.isEmpty && throttled.unknownEvents.count == 1)
        #expect(try Self.uses(Self.record("s3", "GetObject", parameters: object, error: "NoSuchKey")).uses.count == 1)
    }

    @Test func aRoleIsAllItsSessions() throws {
        func session(_ role: String, issuer: String?) -> String {
            """
            {"userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/\(role)/s",\
            "accountId":"111122223333"\(issuer.map { ",\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"\($0)\"},"
                + "\"attributes\":{\"mfaAuthenticated\":\"true\"}}" } ?? "")},"eventTime":"2026-03-01T10:00:00Z",\
            "eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"us-east-1"}
            """
        }
        let role = "arn:aws:iam::111122223333:role/team/worker"
        #expect(try Self.uses(session("worker", issuer: role), of: role).uses.count == 1)
        #expect(try Self.uses(session("worker", issuer: nil), of: role).uses.count == 1)
        #expect(try Self.uses(session("worker", issuer: role.replacing("team", with: "x")), of: role).uses.isEmpty)
        #expect(try Self.uses(session("worker2", issuer: nil), of: role).uses.isEmpty)
        #expect(PrincipalFilter("arn:aws:iam::111122223333:group/g") == nil && PrincipalFilter("alice") == nil)
    }

    @Test func everyFormOfFileIsRead() throws {
        let one = Self.record("s3", "ListBuckets")
        let event = #"{"EventId":"1","CloudTrailEvent":""# + one.replacing("\"", with: "\\\"") + #""}"#
        for file in [
            one, one + "\n" + one.replacing("ListBuckets", with: "ListBuckets") + "\n", "{\"Records\":[\(one),\(one)]}",
            "[\(one)]", "{\"Events\":[\(event)],\"NextToken\":\"t\"}",
        ] {
            #expect(try Self.uses(file).uses.first?.action == "s3:ListAllMyBuckets")
        }
        #expect(throws: CloudTrailFile.Problem.self) { try CloudTrailFile.records([0x1F, 0x8B, 8]) }
        #expect(throws: CloudTrailFile.Problem.self) { try CloudTrailFile.records(Array("{\"Records\":[{]}".utf8)) }
        #expect(try CloudTrailFile.records([]).isEmpty)
    }

    @Test func theContextIsWhatTheRecordTells() throws {
        let tls = #","tlsDetails":{"tlsVersion":"TLSv1.3"}"#
        let uses = try Self.uses(
            Self.record("s3", "ListObjects", parameters: #"{"bucketName":"b","prefix":"home/"}"#, more: tls))
        let keys = try PolicyGenerator.generate(uses.uses).suggestions.map(\.condition.key)
        #expect(keys == ["aws:RequestedRegion", "aws:SecureTransport", "aws:SourceIp", "s3:prefix"])
    }
}
