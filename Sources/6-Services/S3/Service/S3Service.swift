public import Blobs
public import Door
import S3API
import S3ControlAPI
public import World

/// What S3 is made of.
public enum S3Service {
    public static func operations(
        _ world: World, _ blobs: any BlobStore, _ cipher: ObjectCipher, names: any PrincipalNames,
        factors: any SecondFactors, roles: any RoleDirectory
    ) -> [AnyOperation] {
        let buckets = Buckets(names: names)
        let objects = Objects(
            buckets: buckets, blobs: blobs, cipher: cipher, log: world.log, factor: DeletionFactor(factors: factors))
        return self.buckets(buckets, BucketPolicy(names: names)) + settings(buckets)
            + lifecycle(buckets, world.identifiers)
            + self.objects(objects) + uploads(objects) + versions(objects) + control(buckets)
            + deliveries(buckets)
            + points(buckets, BucketPolicy(names: names)) + absent(buckets)
            + replication(buckets, roles, world)
    }

    /// What a bucket has delivered to others.
    private static func deliveries(_ buckets: Buckets) -> [AnyOperation] {
        [
            .query(GetBucketLogging(buckets: buckets)), .change(PutBucketLogging(buckets: buckets)),
            .query(GetBucketNotificationConfiguration(buckets: buckets)),
            .change(PutBucketNotificationConfiguration(buckets: buckets)),
            .query(GetBucketInventoryConfiguration(buckets: buckets)),
            .query(ListBucketInventoryConfigurations(buckets: buckets)),
            .change(PutBucketInventoryConfiguration(buckets: buckets)),
            .change(DeleteBucketInventoryConfiguration(buckets: buckets)),
        ]
    }

    private static func replication(_ buckets: Buckets, _ roles: any RoleDirectory, _ world: World) -> [AnyOperation] {
        [
            .change(PutBucketReplication(buckets: buckets, roles: roles, identifiers: world.identifiers)),
            .query(GetBucketReplication(buckets: buckets)), .change(DeleteBucketReplication(buckets: buckets)),
        ]
    }

    private static func versions(_ objects: Objects) -> [AnyOperation] {
        [
            .query(GetBucketVersioning(buckets: objects.buckets)),
            .prepared(PutBucketVersioning(buckets: objects.buckets, factor: objects.factor)),
            .query(ListObjectVersions(buckets: objects.buckets)),
            .change(PutObjectLockConfiguration(buckets: objects.buckets)),
            .query(GetObjectLockConfiguration(buckets: objects.buckets)),
            .change(PutObjectRetention(objects: objects)), .query(GetObjectRetention(objects: objects)),
            .change(PutObjectLegalHold(objects: objects)), .query(GetObjectLegalHold(objects: objects)),
        ]
    }

    private static func objects(_ objects: Objects) -> [AnyOperation] {
        [
            .prepared(PutObject(objects: objects)), .streamed(GetObject(objects: objects)),
            .worked(HeadObject(objects: objects)), .prepared(DeleteObject(objects: objects)),
            .prepared(DeleteObjects(objects: objects)), .query(ListObjects(buckets: objects.buckets)),
            .query(ListObjectsV2(buckets: objects.buckets)), .change(PutObjectTagging(objects: objects)),
            .query(GetObjectTagging(objects: objects)), .change(DeleteObjectTagging(objects: objects)),
            .worked(GetObjectAttributes(objects: objects)), .query(GetObjectAcl(objects: objects)),
            .prepared(DeleteBucket(objects: objects)), .prepared(CopyObject(objects: objects)),
            .change(PutObjectAcl(objects: objects)), .change(RestoreObject(objects: objects)),
            .prepared(UpdateObjectEncryption(objects: objects)),
        ]
    }

    /// Objects whose content comes in parts.
    private static func uploads(_ objects: Objects) -> [AnyOperation] {
        [
            .prepared(CreateMultipartUpload(objects: objects)), .prepared(UploadPart(objects: objects)),
            .prepared(UploadPartCopy(objects: objects)), .prepared(CompleteMultipartUpload(objects: objects)),
            .prepared(AbortMultipartUpload(objects: objects)), .worked(ListParts(objects: objects)),
            .query(ListMultipartUploads(buckets: objects.buckets)),
        ]
    }

    private static func buckets(_ buckets: Buckets, _ rules: BucketPolicy) -> [AnyOperation] {
        [
            .change(CreateBucket(buckets: buckets)), .query(HeadBucket(buckets: buckets)), .query(ListBuckets()),
            .query(GetBucketLocation(buckets: buckets)),
            .query(GetBucketEncryption(buckets: buckets)),
            .change(PutBucketEncryption(buckets: buckets)), .change(DeleteBucketEncryption(buckets: buckets)),
            .query(GetBucketOwnershipControls(buckets: buckets)),
            .change(PutBucketPolicy(buckets: buckets, rules: rules)),
            .query(GetBucketPolicy(buckets: buckets, rules: rules)),
            .change(DeleteBucketPolicy(buckets: buckets)), .change(PutPublicAccessBlock(buckets: buckets)),
            .query(GetPublicAccessBlock(buckets: buckets)), .change(DeletePublicAccessBlock(buckets: buckets)),
        ]
    }

    private static func lifecycle(_ buckets: Buckets, _ identifiers: Identifiers) -> [AnyOperation] {
        [
            .change(PutBucketLifecycleConfiguration(buckets: buckets, identifiers: identifiers)),
            .query(GetBucketLifecycleConfiguration(buckets: buckets)), .change(DeleteBucketLifecycle(buckets: buckets)),
        ]
    }

    private static func settings(_ buckets: Buckets) -> [AnyOperation] {
        [
            .change(PutBucketTagging(buckets: buckets)), .query(GetBucketTagging(buckets: buckets)),
            .change(DeleteBucketTagging(buckets: buckets)), .change(PutBucketCORS(buckets: buckets)),
            .change(PutBucketWebsite(buckets: buckets)), .query(GetBucketWebsite(buckets: buckets)),
            .change(DeleteBucketWebsite(buckets: buckets)),
            .query(GetBucketCORS(buckets: buckets)), .change(DeleteBucketCORS(buckets: buckets)),
            .query(GetBucketPolicyStatus(buckets: buckets)), .query(GetBucketRequestPayment(buckets: buckets)),
            .change(PutBucketRequestPayment(buckets: buckets)), .change(PutBucketOwnershipControls(buckets: buckets)),
            .query(GetBucketAbac(buckets: buckets)),
            .query(GetBucketAcl(buckets: buckets)), .change(PutBucketAcl(buckets: buckets)),
            .change(DeleteBucketOwnershipControls(buckets: buckets)),
        ]
    }

    /// S3 Control: what an account sets for all its buckets, and the tags of one.
    private static func control(_ buckets: Buckets) -> [AnyOperation] {
        [
            .change(PutAccountPublicAccessBlock()), .query(GetAccountPublicAccessBlock()),
            .change(DeleteAccountPublicAccessBlock()), .change(TagResource(buckets: buckets)),
            .change(UntagResource(buckets: buckets)), .query(ListTagsForResource(buckets: buckets)),
        ]
    }

    /// S3 Control: doors of their own to buckets.
    private static func points(_ buckets: Buckets, _ rules: BucketPolicy) -> [AnyOperation] {
        [
            .change(CreateAccessPoint(buckets: buckets)), .query(GetAccessPoint(buckets: buckets)),
            .query(ListAccessPoints()), .change(DeleteAccessPoint(buckets: buckets)),
            .change(PutAccessPointPolicy(buckets: buckets, rules: rules)),
            .query(GetAccessPointPolicy(buckets: buckets, rules: rules)),
            .change(DeleteAccessPointPolicy(buckets: buckets)),
            .query(GetAccessPointPolicyStatus(buckets: buckets)),
            .query(GetAccessPointScope(buckets: buckets)), .change(PutAccessPointScope(buckets: buckets)),
            .change(DeleteAccessPointScope(buckets: buckets)),
        ]
    }

    /// What nobody can have here, and the lists of it.
    private static func absent(_ buckets: Buckets) -> [AnyOperation] {
        [
            .query(ListMultiRegionAccessPoints()), .query(ListAccessPointsForObjectLambda()), .query(ListJobs()),
            .query(ListStorageLensConfigurations()), .query(ListAccessGrantsInstances()), .query(ListRegionalBuckets()),
            .query(GetBucketAccelerateConfiguration(buckets: buckets)),
            .query(ListBucketAnalyticsConfigurations(buckets: buckets)),
            .query(ListBucketIntelligentTieringConfigurations(buckets: buckets)),
            .query(ListBucketMetricsConfigurations(buckets: buckets)), .change(PutBucketAbac(buckets: buckets)),
        ]
    }
}
