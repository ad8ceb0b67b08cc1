import AWS
import Door
import Formats
import S3API
import Storage

/// The caller's buckets, in the order of their names.
/// - Source: S3 API Reference, "ListBuckets".
struct ListBuckets: Query {
    typealias Shape = S3.ListBuckets

    private static let most = 10_000
    private static let tokenVersion: UInt8 = 1

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("s3", "ListAllMyBuckets"), on: "*", of: target)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let limit = input.maxBuckets ?? ListBuckets.most
        guard (1...ListBuckets.most).contains(limit) else {
            throw Refused.argument(
                "max-buckets", String(limit), "Argument max-buckets must be an integer between 1 and 10000")
        }
        var found = try Bucket.list(
            of: permit.target, prefix: input.prefix ?? "", after: try start(input.continuationToken),
            location: input.bucketRegion.map(Location.init(stored:)), limit: limit + 1, snapshot)
        let isTruncated = found.count > limit
        if isTruncated { found.removeLast() }
        // Callers that say nothing get the answer of old, without Regions.
        let isPlain =
            input.maxBuckets == nil && input.continuationToken == nil && input.prefix == nil
            && input.bucketRegion == nil
        return Output(
            buckets: found.map {
                S3.Bucket(name: $0.name, creationDate: $0.created, bucketRegion: isPlain ? nil : $0.region.description)
            },
            owner: CanonicalUser.owner(permit.target), continuationToken: isTruncated ? found.last.map(token) : nil,
            prefix: input.prefix)
    }

    func recording(_ input: Input, of target: AccountID?, _ facts: RequestFacts) -> Recording {
        var json = JSONWriter()
        json.beginObject()
        if let host = facts.host { json.member("Host", host) }
        if let limit = input.maxBuckets { json.member("max-buckets", String(limit)) }
        if let prefix = input.prefix { json.member("prefix", prefix) }
        if let region = input.bucketRegion { json.member("bucket-region", region) }
        json.endObject()
        return Recording(request: .json(json.bytes))
    }

    private func start(_ token: String?) throws -> String {
        guard let token else { return "" }
        guard let bytes = Base64.decode(token), bytes.first == ListBuckets.tokenVersion else {
            throw Refused.argument("continuation-token", token, "The continuation token provided is incorrect")
        }
        return String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    private func token(_ bucket: Bucket) -> String {
        Base64.encode([ListBuckets.tokenVersion] + Array(bucket.name.utf8))
    }
}
