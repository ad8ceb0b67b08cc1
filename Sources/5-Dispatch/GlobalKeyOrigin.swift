/// Where the values of the global condition keys come from: the text of `Documentation/ConditionKeys.md`.
extension GlobalKey {
    /// Who fills a key.
    public enum Origin: Sendable, Hashable {
        /// The gate, for every request that has the value.
        case filled(from: String)
        /// The service that is called, where AWS says that its action has the key.
        case byService(from: String)
        /// Nobody: a server like this cannot have a value, and conditions see the key as absent.
        case absent(because: String)
    }

    /// Where this one comes from.
    public var origin: Origin {
        switch self {
        case .assumedRoot: .absent(because: "no account is the management account of an organization")
        case .calledVia: .filled(from: "the services through which the call came")
        case .calledViaAWSMCP, .viaAWSMCPService: .absent(because: "there is no MCP server")
        case .calledViaFirst, .calledViaLast: .filled(from: "the first and the last of them")
        case .chatbotSourceARN: .absent(because: "there is no Amazon Q Developer")
        case .currentTime: .filled(from: "the server's clock, read once for the request")
        case .ec2InstanceSourcePrivateIPv4, .ec2InstanceSourceVPC:
            .absent(because: "instances of `gatehouse instance run` are in no VPC")
        case .ec2RoleDelivery: .filled(from: "the session: 1.0 or 2.0, the metadata service that handed out its keys")
        case .ec2SourceInstanceARN: .filled(from: "the session: the instance that its keys were handed out to")
        case .epochTime: .filled(from: "the server's clock, in whole seconds since 1970")
        case .federatedProvider: .filled(from: "the OIDC provider: of the session, and of the token that asks for one")
        case .isMCPServiceAction: .absent(because: "there is no MCP service")
        case .multiFactorAuthAge: .filled(from: "the session: whole seconds since the second factor was given")
        case .multiFactorAuthPresent:
            .filled(from: "the session: true or false; absent with long-term keys and for identity providers' people")
        case .principalAccount: .filled(from: "the caller's account; `anonymous` without a signature")
        case .principalARN: .filled(from: "the caller; of a role session the role's ARN, with its path")
        case .principalIsAWSService: .filled(from: "the caller, where the request is signed")
        case .principalOrgID, .principalOrgPaths, .resourceOrgID, .resourceOrgPaths:
            .absent(because: "no account is in an organization")
        case .principalServiceName, .principalServiceNamesList: .filled(from: "the caller, where it is an AWS service")
        case .principalTag: .filled(from: "the tags of the user or role, overlaid by those of the session")
        case .principalType: .filled(from: "the caller: Account, User, FederatedUser, AssumedRole or Anonymous")
        case .requestTag: .byService(from: "the tags in the request")
        case .requestedRegion:
            .filled(from: "the Region the request is signed for; us-east-1 for services that have one endpoint")
        case .resourceAccount: .filled(from: "the account that owns what is asked for")
        case .resourceTag: .byService(from: "the tags that the resource has when it is asked for")
        case .secureTransport: .filled(from: "the connection: true over TLS")
        case .signInSessionARN: .filled(from: "the session: the sign-in by which `aws login` got its keys")
        case .sourceAccount: .filled(from: "the call of a service in its own name: whose the resource is it calls for")
        case .sourceARN: .filled(from: "the call of a service in its own name: the resource it calls for")
        case .sourceOrgID, .sourceOrgPaths: .absent(because: "no account is in an organization")
        case .sourceIdentity: .filled(from: "the session, where it was made with one")
        case .sourceIP: .filled(from: "the connection of the caller: the address of the other end")
        case .sourceVPC, .sourceVPCARN, .sourceVPCE, .vpcSourceIP, .vpceAccount, .vpceOrgID, .vpceOrgPaths:
            .absent(because: "there are no VPC endpoints")
        case .tagKeys: .byService(from: "the tag keys in the request")
        case .tokenIssueTime: .filled(from: "the session: when its keys were issued")
        case .userAgent: .filled(from: "the header User-Agent")
        case .viaAWSService: .filled(from: "whether a service made the call in the caller's name")
        case .referer: .filled(from: "the header Referer")
        case .userID: .filled(from: "the caller: the account, AIDA…, account:name, AROA…:session, or `anonymous`")
        case .userName: .filled(from: "the caller, where it is an IAM user")
        case .codeBuildBuildARN, .codeBuildProjectARN: .absent(because: "there is no CodeBuild")
        case .glueCredentialIssuingService, .glueRoleAssumedBy: .absent(because: "there is no Glue")
        case .identityStoreUserID: .absent(because: "there is no IAM Identity Center")
        case .lambdaSourceFunctionARN: .absent(because: "there is no Lambda")
        case .ssmSourceInstanceARN: .absent(because: "there are no managed instances")
        }
    }
}
