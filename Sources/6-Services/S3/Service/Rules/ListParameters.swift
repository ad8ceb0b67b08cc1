import AWS
import Authentication
import Door
import Formats
import Journal
import S3API
import Smithy
import Storage

/// The members that all listings of objects and versions have.
protocol ListInput {
    var bucket: String { get }
    var delimiter: String? { get }
    var encodingType: S3.EncodingType? { get }
    var maxKeys: Int? { get }
    var prefix: String? { get }
    var expectedBucketOwner: String? { get }
}

extension S3.ListObjects.Input: ListInput {}
extension S3.ListObjectsV2.Input: ListInput {}

/// What both listings share: their question, their limit and the form of their keys.
struct ListParameters: Sendable {
    let limit: Int
    private let isEncoded: Bool

    /// - Source: S3 API Reference, "ListObjectsV2", `MaxKeys`: at most 1,000, also where more are asked for.
    private static let most = 1000

    init(_ input: some ListInput) throws {
        try self.init(limit: input.maxKeys, named: "max-keys", input.encodingType)
    }

    /// - Parameter name: of the limit, in the query.
    init(limit: Int?, named name: String, _ encoding: S3.EncodingType?) throws {
        let asked = limit ?? ListParameters.most
        guard (0...Int(Int32.max)).contains(asked) else {
            throw Refused.argument(
                name, String(asked), "Argument \(name) must be an integer between 0 and 2147483647")
        }
        self.limit = min(asked, ListParameters.most)
        if let encoding, encoding != .url {
            throw Refused.argument("encoding-type", encoding.rawValue, "Invalid Encoding Method specified in Request")
        }
        isEncoded = encoding == .url
    }

    /// A key or part of one as the answer shows it: some characters have no form in XML.
    func text(_ key: [UInt8]) -> String { text(String(decoding: key, as: UTF8.self)) }
    func text(_ key: String) -> String { isEncoded ? PercentEncoding.encode(key, keepingSlash: true) : key }

    /// An empty one is as none.
    func delimiter(_ given: String?) -> String? { given.flatMap { $0.isEmpty ? nil : text($0) } }

    func walk(_ input: some ListInput, after marker: [UInt8]) -> KeyWalk {
        KeyWalk(
            prefix: Array((input.prefix ?? "").utf8), delimiter: Array((input.delimiter ?? "").utf8), marker: marker,
            limit: limit)
    }

    func object(_ object: StoredObject, owner: AccountID?) -> S3.Object {
        S3.Object(
            key: text(object.key), lastModified: object.modified, eTag: EntityTag.text(object.etag),
            checksumAlgorithm: [S3.ChecksumAlgorithm(rawValue: object.algorithm.name)],
            checksumType: object.checksumType,
            size: Int(object.size), storageClass: .init(rawValue: object.storageClass.name),
            owner: owner.map(CanonicalUser.owner))
    }

    /// The entries, parted into keys and common prefixes; nil where there are none of a kind.
    func shapes(_ entries: [KeyWalk.Entry], owner: AccountID?) -> (contents: [S3.Object]?, prefixes: [S3.CommonPrefix]?)
    {
        var (contents, prefixes): ([S3.Object], [S3.CommonPrefix]) = ([], [])
        for entry in entries {
            switch entry {
            case .object(let object): contents.append(self.object(object, owner: owner))
            case .commonPrefix(let prefix): prefixes.append(S3.CommonPrefix(prefix: text(prefix)))
            }
        }
        return (contents.isEmpty ? nil : contents, prefixes.isEmpty ? nil : prefixes)
    }
}

extension BucketTarget {
    /// The question of all listings.
    func listing(_ input: some ListInput, _ facts: RequestFacts, action: String = "ListBucket") throws -> Access {
        try check(owner: input.expectedBucketOwner, facts)
        let keys = [
            ConditionEntry(.s3Prefix, input.prefix), ConditionEntry(.s3Delimiter, input.delimiter),
            ConditionEntry(.s3MaxKeys, input.maxKeys.map(String.init)),
        ]
        return .ask(try ask(action, keys: keys.compactMap { $0 }))
    }
}

extension S3Record {
    /// The record of a listing.
    init(_ facts: RequestFacts, listing input: some ListInput) {
        self.init(facts, bucket: input.bucket)
        put("prefix", input.prefix)
        put("delimiter", input.delimiter)
        put("max-keys", input.maxKeys.map(String.init))
        put("encoding-type", input.encodingType?.rawValue)
        put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
    }
}
