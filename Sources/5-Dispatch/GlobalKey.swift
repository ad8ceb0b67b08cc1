/// Every condition key that AWS defines for all services, and where a request's value of it comes from.
///
/// `origin` has no default: a key that AWS adds is listed here, the compiler asks for its line in
/// `Documentation/ConditionKeys.md`, and a test for its value.
/// - Source: IAM User Guide, "AWS global condition context keys".
public enum GlobalKey: String, CaseIterable, Sendable {
    case assumedRoot = "aws:AssumedRoot"
    case calledVia = "aws:CalledVia"
    case calledViaAWSMCP = "aws:CalledViaAWSMCP"
    case calledViaFirst = "aws:CalledViaFirst"
    case calledViaLast = "aws:CalledViaLast"
    case chatbotSourceARN = "aws:ChatbotSourceArn"
    case currentTime = "aws:CurrentTime"
    case ec2InstanceSourcePrivateIPv4 = "aws:Ec2InstanceSourcePrivateIPv4"
    case ec2InstanceSourceVPC = "aws:Ec2InstanceSourceVpc"
    case epochTime = "aws:EpochTime"
    case federatedProvider = "aws:FederatedProvider"
    case isMCPServiceAction = "aws:IsMcpServiceAction"
    case multiFactorAuthAge = "aws:MultiFactorAuthAge"
    case multiFactorAuthPresent = "aws:MultiFactorAuthPresent"
    case principalAccount = "aws:PrincipalAccount"
    case principalARN = "aws:PrincipalArn"
    case principalIsAWSService = "aws:PrincipalIsAWSService"
    case principalOrgID = "aws:PrincipalOrgID"
    case principalOrgPaths = "aws:PrincipalOrgPaths"
    case principalServiceName = "aws:PrincipalServiceName"
    case principalServiceNamesList = "aws:PrincipalServiceNamesList"
    case principalTag = "aws:PrincipalTag/"
    case principalType = "aws:PrincipalType"
    case requestTag = "aws:RequestTag/"
    case requestedRegion = "aws:RequestedRegion"
    case resourceAccount = "aws:ResourceAccount"
    case resourceOrgID = "aws:ResourceOrgID"
    case resourceOrgPaths = "aws:ResourceOrgPaths"
    case resourceTag = "aws:ResourceTag/"
    case secureTransport = "aws:SecureTransport"
    case signInSessionARN = "aws:SignInSessionArn"
    case sourceAccount = "aws:SourceAccount"
    case sourceARN = "aws:SourceArn"
    case sourceIdentity = "aws:SourceIdentity"
    case sourceIP = "aws:SourceIp"
    case sourceOrgID = "aws:SourceOrgID"
    case sourceOrgPaths = "aws:SourceOrgPaths"
    case sourceVPC = "aws:SourceVpc"
    case sourceVPCARN = "aws:SourceVpcArn"
    case sourceVPCE = "aws:SourceVpce"
    case tagKeys = "aws:TagKeys"
    case tokenIssueTime = "aws:TokenIssueTime"
    case userAgent = "aws:UserAgent"
    case viaAWSMCPService = "aws:ViaAWSMCPService"
    case viaAWSService = "aws:ViaAWSService"
    case vpcSourceIP = "aws:VpcSourceIp"
    case vpceAccount = "aws:VpceAccount"
    case vpceOrgID = "aws:VpceOrgID"
    case vpceOrgPaths = "aws:VpceOrgPaths"
    case referer = "aws:referer"
    case userID = "aws:userid"
    case userName = "aws:username"
    case codeBuildBuildARN = "codebuild:BuildArn"
    case codeBuildProjectARN = "codebuild:ProjectArn"
    case ec2RoleDelivery = "ec2:RoleDelivery"
    case ec2SourceInstanceARN = "ec2:SourceInstanceArn"
    case glueCredentialIssuingService = "glue:CredentialIssuingService"
    case glueRoleAssumedBy = "glue:RoleAssumedBy"
    case identityStoreUserID = "identitystore:UserId"
    case lambdaSourceFunctionARN = "lambda:SourceFunctionArn"
    case ssmSourceInstanceARN = "ssm:SourceInstanceArn"

    /// By name in lower case; a family of tag keys by what stands before the tag's own key, slash included.
    private static let byName: [String: GlobalKey] = Dictionary(
        allCases.map { ($0.rawValue.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })

    /// The key of that lower-cased name, and what follows the slash where it is one of a family.
    static func find(_ name: String) -> (key: GlobalKey, tag: Substring)? {
        if let key = byName[name] { return (key, "") }
        guard let slash = name.firstIndex(of: "/"), let key = byName[String(name[...slash])] else { return nil }
        return (key, name[name.index(after: slash)...])
    }
}
