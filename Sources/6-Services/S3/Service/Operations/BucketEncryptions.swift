import Door
import S3API
import Smithy
import Storage

/// The encryption that objects have unless they ask for another, and the kinds that the bucket does not take.
/// - Source: S3 API Reference, "GetBucketEncryption".
struct GetBucketEncryption: Query, OnBucket {
    typealias Shape = S3.GetBucketEncryption
    static var action: String { "GetEncryptionConfiguration" }
    static var marker: String? { "encryption" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(serverSideEncryptionConfiguration: try permit.target.required().encryption.shape)
    }
}

/// Sets the encryption of objects that will be stored and ask for none. Whether there is such a KMS key shows when it is
/// used.
/// - Source: S3 API Reference, "PutBucketEncryption".
struct PutBucketEncryption: Change, OnBucket {
    typealias Shape = S3.PutBucketEncryption
    static var action: String { "PutEncryptionConfiguration" }
    static var marker: String? { "encryption" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        try ProtectedCall.checkSignature(
            permit.facts, "Requests that modify an encryption configuration require AWS Signature Version 4.")
        try bucket.setEncryption(
            bucket.encryption.changed(by: input.serverSideEncryptionConfiguration), in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(input.serverSideEncryptionConfiguration)
        return record.recording(of: target)
    }
}

/// Back to S3's own keys. Which kinds the bucket does not take stays.
/// - Source: S3 API Reference, "DeleteBucketEncryption"; it needs the leave to put one.
struct DeleteBucketEncryption: Change, OnBucket {
    typealias Shape = S3.DeleteBucketEncryption
    static var action: String { "PutEncryptionConfiguration" }
    static var marker: String? { "encryption" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        var next = BucketEncryption.original
        next.blocksCustomerKeys = bucket.encryption.blocksCustomerKeys
        try bucket.setEncryption(next, in: &transaction)
        return Output()
    }
}
