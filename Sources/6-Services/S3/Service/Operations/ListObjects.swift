import Door
import Formats
import Journal
import S3API
import Smithy
import Storage

/// The keys of a bucket, with what HEAD would tell of each.
/// - Source: S3 API Reference, "ListObjectsV2".
struct ListObjectsV2: Query {
    typealias Shape = S3.ListObjectsV2
    let buckets: Buckets

    private static let tokenVersion: UInt8 = 1

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try buckets.find(input.bucket, in: snapshot, throughPoints: true)
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        try target.listing(input, facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        let parameters = try ListParameters(input)
        let marker = try input.continuationToken.map(position) ?? Array((input.startAfter ?? "").utf8)
        let (entries, isTruncated) = try parameters.walk(input, after: marker).entries(of: bucket, snapshot)
        let tellsOwner = input.fetchOwner == true
        var (contents, prefixes) = parameters.shapes(entries, owner: tellsOwner ? bucket.account : nil)
        if tellsOwner { contents = try OwnedObject.tell(contents, of: entries, in: permit.target, snapshot) }
        return Output(
            isTruncated: isTruncated, contents: contents, name: bucket.name,
            prefix: parameters.text(input.prefix ?? ""),
            delimiter: parameters.delimiter(input.delimiter), maxKeys: parameters.limit, commonPrefixes: prefixes,
            encodingType: input.encodingType, keyCount: entries.count, continuationToken: input.continuationToken,
            nextContinuationToken: isTruncated ? entries.last.map { token($0.position) } : nil,
            startAfter: input.startAfter.map(parameters.text))
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, listing: input)
        record.put("list-type", "2")
        record.put("start-after", input.startAfter)
        record.put("continuation-token", input.continuationToken)
        record.put("fetch-owner", input.fetchOwner.map { $0 ? "true" : "false" })
        return record.recording(of: target, named: "ListObjects", .data)
    }

    private func token(_ position: [UInt8]) -> String { Base64.encode([ListObjectsV2.tokenVersion] + position) }

    private func position(_ token: String) throws -> [UInt8] {
        guard let bytes = Base64.decode(token), bytes.first == ListObjectsV2.tokenVersion else {
            throw Refused.argument("continuation-token", token, "The continuation token provided is incorrect")
        }
        return Array(bytes.dropFirst())
    }
}

/// The same, as it was before: pages begin after a key instead of a token, and owners are always told.
/// - Source: S3 API Reference, "ListObjects".
struct ListObjects: Query {
    typealias Shape = S3.ListObjects
    let buckets: Buckets

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try buckets.find(input.bucket, in: snapshot, throughPoints: true)
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        try target.listing(input, facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        let parameters = try ListParameters(input)
        let walk = parameters.walk(input, after: Array((input.marker ?? "").utf8))
        let (entries, isTruncated) = try walk.entries(of: bucket, snapshot)
        var (contents, prefixes) = parameters.shapes(entries, owner: bucket.account)
        contents = try OwnedObject.tell(contents, of: entries, in: permit.target, snapshot)
        // Without a delimiter the last key is the next marker, and clients take it from there.
        let next = isTruncated && !walk.delimiter.isEmpty ? entries.last.map { parameters.text($0.position) } : nil
        return Output(
            isTruncated: isTruncated, marker: parameters.text(input.marker ?? ""), nextMarker: next, contents: contents,
            name: bucket.name, prefix: parameters.text(input.prefix ?? ""),
            delimiter: parameters.delimiter(input.delimiter),
            maxKeys: parameters.limit, commonPrefixes: prefixes, encodingType: input.encodingType)
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, listing: input)
        record.put("marker", input.marker)
        return record.recording(of: target, .data)
    }
}
