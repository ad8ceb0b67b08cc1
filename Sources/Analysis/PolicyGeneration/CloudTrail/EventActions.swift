import Catalogue

/// Which actions a recorded event needed.
///
/// Mostly the event's name is the action's. What differs is listed: S3's operations, names with a version
/// (`Invoke20150331`), batches, and sources that are not the prefix.
/// - Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations"; the user guides of the services.
enum EventActions {
    /// Nil where no action is known, as for sign-ins and the console's own calls.
    static func actions(_ record: CloudTrailRecord) -> [String]? {
        if record.service == "s3" || record.service == "s3express" { return S3EventActions.actions(record) }
        let prefix = prefixes[record.service] ?? record.service
        if prefix == "apigateway" { return ofAPIGateway(record.name).map { [$0] } }
        guard let service = ServiceAuthorization.find(prefix) else { return nil }
        let plain = withoutVersion(record.name)
        if let listed = renamed["\(service.prefix):\(plain.lowercased())"] {
            return listed.map { "\(service.prefix):\($0)" }
        }
        for name in [record.name, plain] {
            if let action = service.action(name) {
                return ["\(service.prefix):\(action.name)"]
            }
        }
        return nil
    }

    /// Sources that are not `PREFIX.amazonaws.com`.
    private static let prefixes = [
        "monitoring": "cloudwatch", "tagging": "tag", "iotdata": "iot", "servicecatalog-appregistry": "servicecatalog",
        "mobilehub": "mobilehub", "email": "ses", "ec2messages": "ec2messages", "amazonmq": "mq",
        "runtime.sagemaker": "sagemaker",
    ]

    /// By prefix and name without version, in lower case.
    private static let renamed: [String: [String]] = [
        "lambda:invoke": ["InvokeFunction"], "lambda:invokewithresponsestream": ["InvokeFunction"],
        "lambda:getfunctionconfiguration": ["GetFunctionConfiguration"],
        "sqs:sendmessagebatch": ["SendMessage"], "sqs:deletemessagebatch": ["DeleteMessage"],
        "sqs:changemessagevisibilitybatch": ["ChangeMessageVisibility"],
        "sns:publishbatch": ["Publish"],
        "kms:reencrypt": ["ReEncryptFrom", "ReEncryptTo"],
        "dynamodb:transactgetitems": ["GetItem"],
        "bedrock:converse": ["InvokeModel"], "bedrock:conversestream": ["InvokeModelWithResponseStream"],
        "iam:addroletoinstanceprofile": ["AddRoleToInstanceProfile", "PassRole"],
    ]

    /// API Gateway's management actions are HTTP methods.
    /// - Source: API Gateway Developer Guide, "Actions and resources for API management".
    private static func ofAPIGateway(_ name: String) -> String? {
        let methods = [
            ("Get", "GET"), ("Create", "POST"), ("Update", "PATCH"), ("Delete", "DELETE"), ("Put", "PUT"),
            ("Import", "POST"), ("Tag", "PUT"), ("Untag", "DELETE"), ("Flush", "DELETE"), ("Test", "POST"),
        ]
        return methods.first { name.hasPrefix($0.0) }.map { "apigateway:\($0.1)" }
    }

    /// `UpdateFunctionCode20150331v2`, `CreateDistribution2020_05_31`: the name without the version of its API.
    static func withoutVersion(_ name: String) -> String {
        let bytes = Array(name.utf8)
        var end = bytes.count
        // A `v2` behind the date.
        let digits = bytes.reversed().prefix { isDigit($0) }.count
        if digits > 0, digits < 3, end > digits, bytes[end - digits - 1] == UInt8(ascii: "v") { end -= digits + 1 }
        let date = bytes[..<end].reversed().prefix { isDigit($0) || $0 == UInt8(ascii: "_") }.count
        let isDate = bytes[..<end].suffix(date).filter(isDigit).count == 8
        return isDate && date < end ? String(decoding: bytes[..<(end - date)], as: UTF8.self) : name
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
