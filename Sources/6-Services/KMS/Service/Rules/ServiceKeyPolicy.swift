import AWS
import Formats

/// The policy of a key that AWS manages for a service.
/// - Source: KMS Developer Guide, "AWS managed keys"; the policies that GetKeyPolicy shows of `aws/s3` and others.
enum ServiceKeyPolicy {
    /// Services that make grants, for what goes on when the caller is gone.
    private static let granting: Set<String> = ["ebs", "rds", "secretsmanager", "dynamodb", "lambda"]
    /// What `kms:ViaService` calls a service whose key is named otherwise.
    private static let callers = ["ebs": "ec2"]

    static func text(_ service: String, _ account: AccountID, _ region: Region) -> String {
        let grants = granting.contains(service)
        let used = [
            "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey",
        ]
        let seen = ["kms:Describe*", "kms:Get*", "kms:List*"]
        return """
            {
              "Version" : "2012-10-17",
              "Id" : "auto-\(service)-1",
              "Statement" : [ {
                "Sid" : "Use through \(service) by the principals of the account that may use it",
                "Effect" : "Allow",
                "Principal" : {
                  "AWS" : "*"
                },
                "Action" : \(list(used + (grants ? ["kms:CreateGrant"] : []))),
                "Resource" : "*",
                "Condition" : {
                  "StringEquals" : {
                    "kms:CallerAccount" : "\(account)",
                    "kms:ViaService" : "\(callers[service] ?? service).\(region).amazonaws.com"
                  }
                }
              }, {
                "Sid" : "Direct access to the key's metadata by the account",
                "Effect" : "Allow",
                "Principal" : {
                  "AWS" : "arn:\(region.partition):iam::\(account):root"
                },
                "Action" : \(list(seen + (grants ? ["kms:RevokeGrant"] : []))),
                "Resource" : "*"
              } ]
            }
            """
    }

    private static func list(_ actions: [String]) -> String {
        "[ " + actions.map { "\"\($0)\"" }.joined(separator: ", ") + " ]"
    }
}
