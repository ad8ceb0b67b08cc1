import Door
import Formats
import Journal
import S3API
import Smithy
import Storage

/// The uploads to a bucket that go on, in the order of their keys and then of their beginnings.
/// - Source: S3 API Reference, "ListMultipartUploads".
struct ListMultipartUploads: Query {
    typealias Shape = S3.ListMultipartUploads
    let buckets: Buckets

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try buckets.find(input.bucket, in: snapshot, throughPoints: true)
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, facts)
        return .ask(try target.ask("ListBucketMultipartUploads"))
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        let parameters = try ListParameters(limit: input.maxUploads, named: "max-uploads", input.encodingType)
        let walk = try UploadWalk(input, limit: parameters.limit)
        let (entries, isTruncated) = try walk.entries(of: bucket, snapshot)
        var output = Output(bucket: bucket.name, keyMarker: parameters.text(input.keyMarker ?? ""))
        output.uploadIdMarker = input.keyMarker == nil ? "" : input.uploadIdMarker ?? ""
        output.prefix = parameters.text(input.prefix ?? "")
        output.delimiter = parameters.delimiter(input.delimiter)
        (output.maxUploads, output.isTruncated, output.encodingType) = (
            parameters.limit, isTruncated, input.encodingType
        )
        if isTruncated, let last = entries.last {
            (output.nextKeyMarker, output.nextUploadIdMarker) = (parameters.text(last.key), last.id?.text ?? "")
        }
        (output.uploads, output.commonPrefixes) = shapes(entries, parameters)
        for (index, upload) in entries.compactMap(\.upload).enumerated() {
            output.uploads?[index].owner = try OwnedObject.shown(
                upload, to: bucket, hasLists: permit.target.lists.ownership.hasLists, snapshot)
        }
        return output
    }

    private func shapes(_ entries: [UploadWalk.Entry], _ parameters: ListParameters) -> (
        [S3.MultipartUpload]?, [S3.CommonPrefix]?
    ) {
        var (uploads, prefixes): ([S3.MultipartUpload], [S3.CommonPrefix]) = ([], [])
        for entry in entries {
            switch entry {
            case .upload(let upload):
                uploads.append(
                    S3.MultipartUpload(
                        uploadId: upload.id.text, key: parameters.text(upload.key), initiated: upload.initiated,
                        storageClass: upload.storageClass.shape, initiator: S3.Initiator(iD: upload.initiator),
                        checksumAlgorithm: upload.checksum.name, checksumType: upload.checksum.type))
            case .commonPrefix(let prefix): prefixes.append(S3.CommonPrefix(prefix: parameters.text(prefix)))
            }
        }
        return (uploads.isEmpty ? nil : uploads, prefixes.isEmpty ? nil : prefixes)
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket)
        record.put("uploads", "")
        record.put("prefix", input.prefix)
        record.put("delimiter", input.delimiter)
        record.put("max-uploads", input.maxUploads.map(String.init))
        record.put("key-marker", input.keyMarker)
        record.put("upload-id-marker", input.uploadIdMarker)
        record.put("encoding-type", input.encodingType?.rawValue)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target, .data)
    }
}

/// Walks the uploads to a bucket, folding those whose keys share a beginning up to the delimiter, as `KeyWalk` does with keys.
struct UploadWalk {
    enum Entry {
        case upload(Upload)
        case commonPrefix([UInt8])

        var key: [UInt8] {
            switch self {
            case .upload(let upload): upload.key
            case .commonPrefix(let prefix): prefix
            }
        }

        /// Nil for a prefix.
        var upload: Upload? { if case .upload(let upload) = self { upload } else { nil } }

        var id: UploadID? { upload?.id }
    }

    private let keys: KeyWalk
    private let limit: Int
    /// Uploads to `marker` itself are given after this one; empty where none of them is.
    private let idMarker: [UInt8]

    init(_ input: S3.ListMultipartUploads.Input, limit: Int) throws {
        let marker = Array((input.keyMarker ?? "").utf8)
        keys = KeyWalk(
            prefix: Array((input.prefix ?? "").utf8), delimiter: Array((input.delimiter ?? "").utf8), marker: marker,
            limit: limit)
        self.limit = limit
        guard !marker.isEmpty, let text = input.uploadIdMarker, !text.isEmpty else {
            idMarker = []
            return
        }
        guard let id = UploadID(text: text) else {
            throw Refused.argument("upload-id-marker", text, "Invalid uploadId marker")
        }
        idMarker = id.bytes
    }

    /// Up to `limit` entries, and whether there are more.
    func entries(of bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> ([Entry], isTruncated: Bool) {
        guard limit > 0 else { return ([], false) }
        var (entries, isTruncated): ([Entry], Bool) = ([], false)
        var start: (key: [UInt8], id: [UInt8])? = beginning
        while let (key, id) = start {
            start = nil
            try Upload.scan(bucket, fromKey: key, after: id, snapshot) { upload in
                guard upload.key.starts(with: keys.prefix) else { return false }
                guard entries.count < limit else {
                    isTruncated = true
                    return false
                }
                guard let common = keys.commonPrefix(of: upload.key) else {
                    entries.append(.upload(upload))
                    return true
                }
                entries.append(.commonPrefix(common))
                start = KeyWalk.end(of: common).map { ($0, []) }
                return false
            }
        }
        return (entries, isTruncated)
    }

    private var beginning: (key: [UInt8], id: [UInt8])? {
        guard !idMarker.isEmpty, !keys.marker.lexicographicallyPrecedes(keys.prefix) else {
            return keys.firstKey.map { ($0, []) }
        }
        return (keys.marker, idMarker)
    }
}
