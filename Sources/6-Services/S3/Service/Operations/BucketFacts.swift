import Authorization
import Door
import Formats
import S3API
import Smithy
import Storage

/// Whether the policy of a bucket is public.
/// - Source: S3 API Reference, "GetBucketPolicyStatus"; S3 User Guide, "The meaning of \"public\"".
struct GetBucketPolicyStatus: Query, OnBucket {
    typealias Shape = S3.GetBucketPolicyStatus
    static var marker: String? { "policyStatus" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let policy = permit.target.policy else {
            throw Refused.noPolicy(of: try permit.target.required().name)
        }
        return Output(policyStatus: S3.PolicyStatus(isPublic: policy.isPublic))
    }
}

/// Who pays for requests: always the bucket's owner.
/// - Source: S3 API Reference, "GetBucketRequestPayment".
struct GetBucketRequestPayment: Query, OnBucket {
    typealias Shape = S3.GetBucketRequestPayment
    static var marker: String? { "requestPayment" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(payer: .bucketOwner)
    }
}

/// Confirms that the bucket's owner pays for requests. There is no other here, and whoever asks for one is refused.
/// - Source: S3 API Reference, "PutBucketRequestPayment".
struct PutBucketRequestPayment: Change, OnBucket {
    typealias Shape = S3.PutBucketRequestPayment
    static var marker: String? { "requestPayment" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        guard input.requestPaymentConfiguration.payer == .bucketOwner else {
            throw NotImplemented("Payment by the requester")
        }
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(body: "RequestPaymentConfiguration") { json in
            json.member("Payer", input.requestPaymentConfiguration.payer.rawValue)
        }
        return record.recording(of: target)
    }
}

/// Whether policies look at the bucket's tags: no, as on every new bucket of AWS; `PutBucketAbac` turns nothing on.
/// - Source: S3 API Reference, "GetBucketAbac".
struct GetBucketAbac: Query, OnBucket {
    typealias Shape = S3.GetBucketAbac
    static var marker: String? { "abac" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(abacStatus: S3.AbacStatus(status: .disabled))
    }
}
