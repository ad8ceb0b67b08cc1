import Door
import S3API
import Storage

/// The Region of a bucket; nothing for us-east-1.
/// - Source: S3 API Reference, "GetBucketLocation".
struct GetBucketLocation: Query, OnBucket {
    typealias Shape = S3.GetBucketLocation
    static var marker: String? { "location" }
    static var isOpenToAccessPoints: Bool { true }
    let buckets: Buckets

    /// Who asks does not know the Region yet: any may have been signed for.
    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, facts, anyRegion: true)
        return .ask(try target.ask(Self.action))
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(locationConstraint: try permit.target.required().location.constraint)
    }
}
