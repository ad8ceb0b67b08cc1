/// What only role trust policies must obey.
enum TrustFormat {
    static func validate(_ statement: PolicyStatement) throws(PolicyError) {
        guard statement.resource == nil, statement.notResource == nil else {
            throw PolicyError(message: "Has prohibited field Resource", offset: statement.range.lowerBound)
        }
        for action in statement.action ?? statement.notAction ?? [] where !isTrustAction(ASCII.lowercased(action)) {
            throw PolicyError(
                message: "AssumeRole policy may only specify STS AssumeRole actions.",
                offset: statement.range.lowerBound)
        }
    }

    private static func isTrustAction(_ lowered: String) -> Bool {
        lowered == "sts:*" || lowered.hasPrefix("sts:assumerole")
            || ["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"].contains(lowered)
    }
}

/// What service and resource control policies share: no short ARNs, but for SCPs those that end in `*`.
enum OrganizationsFormat {
    static func validateResources(_ statement: PolicyStatement, kind: PolicyKind) throws(PolicyError) {
        for resource in statement.resource ?? statement.notResource ?? [] where resource != "*" {
            let colons = resource.utf8.count { $0 == UInt8(ascii: ":") }
            guard colons >= 5 || kind.shortForm.allows(resource) else {
                throw PolicyError(message: "", offset: statement.range.lowerBound)
            }
        }
    }
}

/// What only resource control policies must obey.
/// - Source: Organizations User Guide, "RCP syntax".
enum RCPFormat {
    static func validate(_ statement: PolicyStatement) throws(PolicyError) {
        let fault = PolicyError(message: "", offset: statement.range.lowerBound)
        guard statement.effect == "Deny", statement.notAction == nil, let principal = statement.principal else {
            throw fault
        }
        let isEveryone =
            principal.isBareStar
            || principal.mentions.count == 1 && !principal.hasList && principal.mentions[0].kind == .aws
                && principal.mentions[0].value == "*"
        guard isEveryone else { throw fault }
        for action in statement.action ?? [] {
            let service = ActionName(action).service
            guard services.contains(service) else { throw fault }
        }
    }

    /// Services that resource control policies reach.
    /// - Source: Organizations User Guide, "List of AWS services that support RCPs"; checked in 2026.
    static let services: Set<String> = [
        "aoss", "appconfig", "appstream", "autoscaling", "autoscaling-plans", "budgets", "clouddirectory", "cloudfront",
        "cloudsearch", "cloudtrail-data", "codeartifact", "codebuild", "codecommit", "codepipeline", "cognito-identity",
        "cognito-idp", "comprehend", "comprehendmedical", "compute-optimizer", "cost-optimization-hub", "dax", "dsql",
        "dynamodb", "ecr", "ecr-public", "events", "firehose", "fis", "fms", "gamelift", "health", "inspector-scan",
        "kendra", "kinesisvideo", "kms", "logs", "memorydb", "networkmonitor", "notifications", "opensearch",
        "pca-connector-ad", "personalize", "polly", "pricing", "resource-groups", "rolesanywhere", "s3",
        "secretsmanager",
        "servicediscovery", "signin", "sqs", "sts", "support", "swf", "textract", "timestream-influxdb", "transcribe",
        "transfer", "translate", "wafv2", "workspaces", "xray",
    ]
}
