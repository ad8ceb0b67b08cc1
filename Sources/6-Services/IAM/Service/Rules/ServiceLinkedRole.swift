import AWS
import IAMAPI

/// A role that belongs to an AWS service: its name, trust policy and rights are the service's to say.
///
/// - Source: IAM User Guide, "Create a service-linked role", "AWS services that work with IAM", and each service's page
///   on its service-linked roles. The table holds those whose managed policy the catalogue carries; of other services
///   there is none here.
struct ServiceLinkedRole: Sendable {
    /// Such as `config.amazonaws.com`.
    let service: String
    /// Without a suffix.
    let name: String
    let policyARN: String
    let allowsSuffix: Bool

    var path: String { ServiceLinkedRole.pathPrefix + service + "/" }

    /// Roles below it are service-linked, and there are no others of that path.
    static let pathPrefix = "/aws-service-role/"

    func name(suffix: String?) -> String { suffix.map { name + "_" + $0 } ?? name }

    var trust: String { Self.trust(#""\#(service)""#, #""sts:AssumeRole""#) }

    /// The trust policy as the answer that makes the role prints it; whoever asks later is shown `trust`.
    var announcedTrust: String { Self.trust(#"["\#(service)"]"#, #"["sts:AssumeRole"]"#) }

    private static func trust(_ service: String, _ action: String) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":\#(service)},"Action":\#(action)}]}"#
    }

    static func find(_ service: String) -> ServiceLinkedRole? { byService[service] }

    static let all: [ServiceLinkedRole] = table.split(separator: "\n").map { line in
        let words = line.split(separator: " ").map(String.init)
        return ServiceLinkedRole(
            service: words[0] + ".amazonaws.com", name: "AWSServiceRoleFor" + words[1],
            policyARN: "arn:aws:iam::aws:policy/aws-service-role/" + words[2], allowsSuffix: words.count > 3)
    }

    private static let byService = Dictionary(all.map { ($0.service, $0) }) { first, _ in first }

    /// Service, the rest of the role's name, the policy; a fourth word where a suffix may be chosen.
    private static let table = """
        access-analyzer AccessAnalyzer AccessAnalyzerServiceRolePolicy
        accountdiscovery.ssm AmazonSSM_AccountDiscovery AWSSystemsManagerAccountDiscoveryServicePolicy
        acm CertificateManager CertificateManagerServiceRolePolicy
        appmesh AppMesh AWSAppMeshServiceRolePolicy
        apprunner AppRunner AppRunnerServiceRolePolicy
        appstream.application-autoscaling ApplicationAutoScaling_AppStreamFleet AWSApplicationAutoscalingAppStreamFleetPolicy
        auditmanager AuditManager AWSAuditManagerServiceRolePolicy
        autoscaling AutoScaling AutoScalingServiceRolePolicy suffix
        autoscaling-plans AutoScalingPlans_EC2AutoScaling AWSAutoScalingPlansEC2AutoScalingPolicy
        backup Backup AWSBackupServiceLinkedRolePolicyForBackup
        batch Batch BatchServiceRolePolicy
        braket AmazonBraket AmazonBraketServiceRolePolicy
        bugbust BugBust AWSBugBustServiceRolePolicy
        cassandra.application-autoscaling ApplicationAutoScaling_CassandraTable AWSApplicationAutoscalingCassandraTablePolicy
        chime AmazonChime AmazonChimeServiceRolePolicy
        cks.kms KeyManagementServiceCustomKeyStores AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy
        cloud9 AWSCloud9 AWSCloud9ServiceRolePolicy
        cloudhsm CloudHSM CloudHSMServiceRolePolicy
        cloudtrail CloudTrail CloudTrailServiceRolePolicy
        cloudwatch-crossaccount CloudWatchCrossAccount CloudWatch-CrossAccountAccess
        codeguru-profiler CodeGuruProfiler AWSServiceRoleForCodeGuru-Profiler
        codeguru-reviewer AmazonCodeGuruReviewer AmazonCodeGuruReviewerServiceRolePolicy
        codestar-notifications CodeStarNotifications AWSCodeStarNotificationsServiceRolePolicy
        comprehend.application-autoscaling ApplicationAutoScaling_ComprehendEndpoint AWSApplicationAutoscalingComprehendEndpointPolicy
        compute-optimizer ComputeOptimizer ComputeOptimizerServiceRolePolicy
        config Config AWSConfigServiceRolePolicy
        config-conforms ConfigConforms ConfigConformsServiceRolePolicy
        config-multiaccountsetup ConfigMultiAccountSetup AWSConfigMultiAccountSetupPolicy
        connect AmazonConnect AmazonConnectServiceLinkedRolePolicy suffix
        continuousexport.discovery ApplicationDiscoveryServiceContinuousExport ApplicationDiscoveryServiceContinuousExportServiceRolePolicy
        custom-resource.application-autoscaling ApplicationAutoScaling_CustomResource AWSApplicationAutoScalingCustomResourcePolicy
        dax DAX DAXServiceRolePolicy
        delivery.logs LogDelivery AWSServiceRoleForLogDeliveryPolicy
        devops-guru DevOpsGuru AmazonDevOpsGuruServiceRolePolicy
        directconnect DirectConnect AWSDirectConnectServiceRolePolicy
        dms DMSServerless AWSDMSServerlessServiceRolePolicy
        dms-fleet-advisor DMSFleetAdvisor AWSDMSFleetAdvisorServiceRolePolicy
        docdb-elastic DocDB-Elastic AmazonDocDB-ElasticServiceRolePolicy
        dynamodb.application-autoscaling ApplicationAutoScaling_DynamoDBTable AWSApplicationAutoscalingDynamoDBTablePolicy
        ec2-instance-connect Ec2InstanceConnect Ec2InstanceConnectEndpoint
        ec2.application-autoscaling ApplicationAutoScaling_EC2SpotFleetRequest AWSApplicationAutoscalingEC2SpotFleetRequestPolicy
        ec2fleet EC2Fleet AWSEC2FleetServiceRolePolicy
        ecr ECRTemplate ECRTemplateServiceRolePolicy
        ecs ECS AmazonECSServiceRolePolicy
        ecs.application-autoscaling ApplicationAutoScaling_ECSService AWSApplicationAutoscalingECSServicePolicy
        eks AmazonEKS AmazonEKSServiceRolePolicy
        eks-connector AmazonEKSConnector AmazonEKSConnectorServiceRolePolicy
        eks-fargate AmazonEKSForFargate AmazonEKSForFargateServiceRolePolicy
        eks-nodegroup AmazonEKSNodegroup AWSServiceRoleForAmazonEKSNodegroup
        elasticache ElastiCache ElastiCacheServiceRolePolicy
        elasticache.application-autoscaling ApplicationAutoScaling_ElastiCacheRG AWSApplicationAutoscalingElastiCacheRGPolicy
        elasticbeanstalk ElasticBeanstalk AWSElasticBeanstalkServiceRolePolicy
        elasticfilesystem AmazonElasticFileSystem AmazonElasticFileSystemServiceRolePolicy
        elasticloadbalancing ElasticLoadBalancing AWSElasticLoadBalancingServiceRolePolicy
        elasticmapreduce EMRCleanup AmazonEMRCleanupPolicy
        email.cognito-idp AmazonCognitoIdpEmailService AmazonCognitoIdpEmailServiceRolePolicy
        emr-containers AmazonEMRContainers AmazonEMRContainersServiceRolePolicy
        emrwal EMRWAL EMRDescribeClusterPolicyForEMRWAL
        es AmazonElasticsearchService AmazonElasticsearchServiceRolePolicy
        events CloudWatchEvents CloudWatchEventsServiceRolePolicy
        events.workmail AmazonWorkMailEvents AmazonWorkMailEventsServiceRolePolicy
        fis FIS AmazonFISServiceRolePolicy
        fms FMS FMSServiceRolePolicy
        fsx AmazonFSx AmazonFSxServiceRolePolicy
        globalaccelerator GlobalAccelerator AWSGlobalAcceleratorSLRPolicy
        grafana AmazonGrafana AmazonGrafanaServiceLinkedRolePolicy
        guardduty AmazonGuardDuty AmazonGuardDutyServiceRolePolicy
        imagebuilder ImageBuilder AWSServiceRoleForImageBuilder
        inspector AmazonInspector AmazonInspectorServiceRolePolicy
        inspector2 AmazonInspector2 AmazonInspector2ServiceRolePolicy
        iotmanagedintegrations IoTManagedIntegrations AWSIoTManagedIntegrationsRolePolicy
        iotsitewise IoTSiteWise AWSServiceRoleForIoTSiteWise
        ivs IVSRecordToS3 IVSRecordToS3
        kafka Kafka KafkaServiceRolePolicy
        kafka.application-autoscaling ApplicationAutoScaling_KafkaCluster AWSApplicationAutoscalingKafkaClusterPolicy
        kafkaconnect KafkaConnect KafkaConnectServiceRolePolicy
        lakeformation LakeFormationDataAccess LakeFormationDataAccessServiceRolePolicy
        lambda.application-autoscaling ApplicationAutoScaling_LambdaConcurrency AWSApplicationAutoscalingLambdaConcurrencyPolicy
        lexv2 LexV2Bots AmazonLexV2BotPolicy suffix
        license-management.marketplace MarketplaceLicenseManagement AWSMarketplaceLicenseManagementServiceRolePolicy
        license-manager AWSLicenseManagerRole AWSLicenseManagerServiceRolePolicy
        license-manager.master-account AWSLicenseManagerMasterAccountRole AWSLicenseManagerMasterAccountRolePolicy
        license-manager.member-account AWSLicenseManagerMemberAccountRole AWSLicenseManagerMemberAccountRolePolicy
        lightsail Lightsail LightsailExportAccess
        logger.cloudfront CloudFrontLogger AWSCloudFrontLogger
        m2 AWSM2 AWSM2ServicePolicy
        macie AmazonMacie AmazonMacieServiceRolePolicy
        maintenance.elasticbeanstalk ElasticBeanstalkMaintenance AWSElasticBeanstalkMaintenance
        malware-protection.guardduty AmazonGuardDutyMalwareProtection AmazonGuardDutyMalwareProtectionServiceRolePolicy
        managedupdates.elasticbeanstalk ElasticBeanstalkManagedUpdates AWSElasticBeanstalkManagedUpdatesServiceRolePolicy
        management.chatbot AWSChatbot AWSChatbotServiceLinkedRolePolicy
        mediatailor MediaTailor AWSMediaTailorServiceRolePolicy
        memorydb MemoryDB MemoryDBServiceRolePolicy
        mgn ApplicationMigrationService AWSApplicationMigrationServiceRolePolicy
        migrationhub MigrationHub MigrationHubServiceRolePolicy
        migrationhub-strategy MigrationHubStrategy AWSMigrationHubStrategyServiceRolePolicy
        mq AmazonMQ AmazonMQServiceRolePolicy
        mrk.kms KeyManagementServiceMultiRegionKeys AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy
        neptune.application-autoscaling ApplicationAutoScaling_NeptuneCluster AWSApplicationAutoscalingNeptuneClusterPolicy
        network-firewall NetworkFirewall AWSNetworkFirewallServiceRolePolicy
        notifications AwsUserNotifications AWSUserNotificationsServiceLinkedRolePolicy
        observability.aoss AmazonOpenSearchServerless AmazonOpenSearchServerlessServiceRolePolicy
        opensearchservice AmazonOpenSearchService AmazonOpenSearchServiceRolePolicy
        ops.apigateway APIGateway APIGatewayServiceRolePolicy
        ops.emr-serverless AmazonEMRServerless AmazonEMRServerlessServiceRolePolicy
        opsdatasync.ssm SystemsManagerOpsDataSync AWSSystemsManagerOpsDataSyncServiceRolePolicy
        opsinsights.ssm AmazonSSM_OpsInsights AWSSSMOpsInsightsServiceRolePolicy
        organizations Organizations AWSOrganizationsServiceTrustPolicy
        panorama AWSPanorama AWSPanoramaServiceLinkedRolePolicy
        pullthroughcache.ecr ECRPullThroughCache AWSECRPullThroughCache_ServiceRolePolicy
        ram ResourceAccessManager AWSResourceAccessManagerServiceRolePolicy
        rds RDS AmazonRDSServiceRolePolicy
        rds.application-autoscaling ApplicationAutoScaling_RDSCluster AWSApplicationAutoscalingRDSClusterPolicy
        redshift Redshift AmazonRedshiftServiceLinkedRolePolicy
        remediation.config ConfigRemediation AWSConfigRemediationServiceRolePolicy
        replication.cassandra KeyspacesReplication KeyspacesReplicationServiceRolePolicy
        replication.dynamodb DynamoDBReplication DynamoDBReplicationServiceRolePolicy
        replication.ecr ECRReplication ECRReplicationServiceRolePolicy
        replicator.lambda LambdaReplicator AWSLambdaReplicator
        reports.backup BackupReports AWSServiceRolePolicyForBackupReports
        repository.sync.codeconnections GitSync AWSGitSyncServiceRolePolicy
        resource-explorer-2 ResourceExplorer AWSResourceExplorerServiceRolePolicy
        robomaker RoboMaker AWSRoboMakerServicePolicy
        rolesanywhere RolesAnywhere AWSRolesAnywhereServicePolicy
        route53resolver Route53Resolver Route53ResolverServiceRolePolicy
        s3-outposts S3OnOutposts AWSS3OnOutpostsServiceRolePolicy
        sagemaker.application-autoscaling ApplicationAutoScaling_SageMakerEndpoint AWSApplicationAutoscalingSageMakerEndpointPolicy
        securityhub SecurityHub AWSSecurityHubServiceRolePolicy
        servicecatalog-appregistry AWSServiceCatalogAppRegistry AWSServiceCatalogAppRegistryServiceRolePolicy
        servicequotas ServiceQuotas ServiceQuotasServiceRolePolicy
        ses AmazonSES AmazonSESServiceRolePolicy
        shield AWSShield AWSShieldServiceRolePolicy
        sms SMS AWSServiceRoleForSMS
        spot EC2Spot AWSEC2SpotServiceRolePolicy
        spotfleet EC2SpotFleet AWSEC2SpotFleetServiceRolePolicy
        ssm AmazonSSM AmazonSSMServiceRolePolicy
        ssm-incidents IncidentManager AWSIncidentManagerServiceRolePolicy
        ssm-quicksetup SSMQuickSetup SSMQuickSetupRolePolicy
        sso SSO AWSSSOServiceRolePolicy
        storage-lens.s3 S3StorageLens S3StorageLensServiceRolePolicy
        support Support AWSSupportServiceRolePolicy
        transcription.chime AmazonChimeTranscription AmazonChimeTranscriptionServiceLinkedRolePolicy
        transitgateway VPCTransitGateway AWSVPCTransitGatewayServiceRolePolicy
        trustedadvisor TrustedAdvisor AWSTrustedAdvisorServiceRolePolicy
        voiceconnector.chime AmazonChimeVoiceConnector AmazonChimeVoiceConnectorServiceLinkedRolePolicy
        vpcorigin.cloudfront CloudFrontVPCOrigin AWSCloudFrontVPCOriginServiceRolePolicy
        waf WAFLogging WAFLoggingServiceRolePolicy
        waf-regional WAFRegionalLogging WAFRegionalLoggingServiceRolePolicy
        wafv2 WAFV2Logging WAFV2LoggingServiceRolePolicy
        workspaces.application-autoscaling ApplicationAutoScaling_WorkSpacesPool AWSApplicationAutoscalingWorkSpacesPoolPolicy
        """
}

extension Role {
    var isServiceLinked: Bool { path.hasPrefix(ServiceLinkedRole.pathPrefix) }

    /// Throws for a role that only its service may change.
    func requireOwn() throws {
        if isServiceLinked { throw ServiceLinkedRole.unmodifiable(name) }
    }
}

extension ServiceLinkedRole {
    static func unmodifiable(_ name: String) -> IAM.UnmodifiableEntityException {
        IAM.UnmodifiableEntityException(
            message:
                "Cannot perform the operation on the protected role '\(name)' - this role is only modifiable by AWS")
    }
}
