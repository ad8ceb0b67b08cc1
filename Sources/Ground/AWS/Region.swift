/// A Region name, such as `us-east-1`.
public struct Region: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// Nil unless `text` is one of AWS's Region names (`known`).
    public init?(_ text: some StringProtocol) {
        let name = String(text)
        guard Region.known.contains(name) else { return nil }
        description = name
    }

    private init(trusted: String) { description = trusted }

    /// Where global services (IAM, the global STS endpoint) record their events, and the default Region.
    public static let usEast1 = Region(trusted: "us-east-1")

    /// The partition that ARNs of this Region carry.
    public var partition: String {
        if description.hasPrefix("cn-") { return "aws-cn" }
        return description.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
    }

    /// The Regions of the three public partitions.
    /// - Source: botocore 1.43.11 `endpoints.json` and `partitions.json`.
    public static let known: Set<String> = [
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
        "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
        "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1",
        "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1",
        "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2", "cn-north-1",
        "cn-northwest-1", "us-gov-east-1", "us-gov-west-1",
    ]
}
