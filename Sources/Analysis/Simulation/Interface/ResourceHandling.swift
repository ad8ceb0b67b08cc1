import AWS

/// The scenarios that `ResourceHandlingOption` names, and the resources that each must be given.
///
/// - Source: IAM API Reference, "SimulateCustomPolicy", ResourceHandlingOption. The two without a VPC are older names, which
///   the service still takes.
public enum ResourceHandling: String, Sendable {
    case classicInstanceStore = "EC2-Classic-InstanceStore"
    case classicEBS = "EC2-Classic-EBS"
    case instanceStore = "EC2-VPC-InstanceStore"
    case instanceStoreSubnet = "EC2-VPC-InstanceStore-Subnet"
    case ebs = "EC2-VPC-EBS"
    case ebsSubnet = "EC2-VPC-EBS-Subnet"

    /// Actions that have such scenarios, in lower case.
    public static let actions: Set<String> = ["ec2:runinstances"]

    /// EC2's resource types, as they begin the last part of an ARN.
    private var required: [String] {
        let always = ["instance", "image", "security-group"]
        return switch self {
        case .classicInstanceStore: always
        case .classicEBS: always + ["volume"]
        case .instanceStore: always + ["network-interface"]
        case .instanceStoreSubnet: always + ["network-interface", "subnet"]
        case .ebs: always + ["network-interface", "volume"]
        case .ebsSubnet: always + ["network-interface", "subnet", "volume"]
        }
    }

    /// The types of which no resource is among `resources`.
    public func missing(among resources: [String]) -> [String] {
        let types = Set(
            resources.compactMap { ARN($0) }.filter { $0.service == "ec2" }.map { arn in
                String(arn.resource.prefix { $0 != "/" })
            })
        return required.filter { !types.contains($0) }
    }
}
