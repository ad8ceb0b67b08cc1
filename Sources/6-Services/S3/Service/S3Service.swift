public import Blobs
public import Door
import S3API
import S3ControlAPI
public import World

/// What S3 is made of.
public enum S3Service {
    public static func operations(
        _ world: World, _ blobs: BlobStore, _ cipher: ObjectCipher, names: any PrincipalNames
    ) -> [AnyOperation] {
        let buckets = Buckets()
        return self.buckets(buckets, BucketPolicy(names: names))
            + objects(Objects(buckets: buckets, blobs: blobs, cipher: cipher, log: world.log)) + account()
    }

    private static func objects(_ objects: Objects) -> [AnyOperation] {
        [
            .prepared(PutObject(objects: objects)), .streamed(GetObject(objects: objects)),
            .worked(HeadObject(objects: objects)), .prepared(DeleteObject(objects: objects)),
            .prepared(DeleteObjects(objects: objects)), .query(ListObjects(buckets: objects.buckets)),
            .query(ListObjectsV2(buckets: objects.buckets)),
        ]
    }

    private static func buckets(_ buckets: Buckets, _ rules: BucketPolicy) -> [AnyOperation] {
        [
            .change(CreateBucket(buckets: buckets)), .query(HeadBucket(buckets: buckets)), .query(ListBuckets()),
            .change(DeleteBucket(buckets: buckets)), .query(GetBucketLocation(buckets: buckets)),
            .query(GetBucketEncryption(buckets: buckets)),
            .change(PutBucketEncryption(buckets: buckets)), .change(DeleteBucketEncryption(buckets: buckets)),
            .query(GetBucketOwnershipControls(buckets: buckets)),
            .change(PutBucketPolicy(buckets: buckets, rules: rules)),
            .query(GetBucketPolicy(buckets: buckets, rules: rules)),
            .change(DeleteBucketPolicy(buckets: buckets)), .change(PutPublicAccessBlock(buckets: buckets)),
            .query(GetPublicAccessBlock(buckets: buckets)), .change(DeletePublicAccessBlock(buckets: buckets)),
        ]
    }

    /// S3 Control: what an account sets for all its buckets.
    private static func account() -> [AnyOperation] {
        [
            .change(PutAccountPublicAccessBlock()), .query(GetAccountPublicAccessBlock()),
            .change(DeleteAccountPublicAccessBlock()),
        ]
    }
}
