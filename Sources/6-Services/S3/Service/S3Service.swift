package import Dispatch
import S3API
import S3ControlAPI

/// What S3 is made of.
package enum S3Service {
    package static func operations(names: any PrincipalNames) -> [AnyOperation] {
        let buckets = Buckets()
        return self.buckets(buckets, BucketPolicy(names: names)) + account()
    }

    private static func buckets(_ buckets: Buckets, _ rules: BucketPolicy) -> [AnyOperation] {
        [
            .change(CreateBucket(buckets: buckets)), .query(HeadBucket(buckets: buckets)), .query(ListBuckets()),
            .change(DeleteBucket(buckets: buckets)), .query(GetBucketLocation(buckets: buckets)),
            .query(GetBucketEncryption(buckets: buckets)), .query(GetBucketOwnershipControls(buckets: buckets)),
            .change(PutBucketPolicy(buckets: buckets, rules: rules)), .query(GetBucketPolicy(buckets: buckets, rules: rules)),
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
