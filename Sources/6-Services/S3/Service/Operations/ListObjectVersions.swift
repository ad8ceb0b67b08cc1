import AWS
import Authentication
import Door
import Journal
import S3API
import Smithy
import Storage

/// All versions of the keys of a bucket, delete markers among them.
/// - Source: S3 API Reference, "ListObjectVersions".
struct ListObjectVersions: Query {
    typealias Shape = S3.ListObjectVersions
    let buckets: Buckets

    static var refusedMembers: [StaticString] { ["OptionalObjectAttributes"] }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try buckets.find(input.bucket, in: snapshot, throughPoints: true)
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        try target.listing(input, facts, action: "ListBucketVersions")
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        let parameters = try ListParameters(input)
        let walk = VersionWalk(
            prefix: Array((input.prefix ?? "").utf8), delimiter: Array((input.delimiter ?? "").utf8),
            after: try marker(input, in: bucket, snapshot), limit: parameters.limit)
        let (entries, isTruncated) = try walk.entries(of: bucket, snapshot)
        var output = Output(
            isTruncated: isTruncated, keyMarker: parameters.text(input.keyMarker ?? ""),
            versionIdMarker: input.versionIdMarker ?? "", name: bucket.name,
            prefix: parameters.text(input.prefix ?? ""), delimiter: parameters.delimiter(input.delimiter),
            maxKeys: parameters.limit, encodingType: input.encodingType)
        try parameters.add(entries, to: &output, owner: bucket.account) {
            try OwnedObject.shown($0, in: permit.target, snapshot)
        }
        guard isTruncated, let last = entries.last else { return output }
        switch last {
        case .version(let version, _):
            output.nextKeyMarker = parameters.text(version.key)
            output.nextVersionIdMarker = VersionName(version.version).text
        case .commonPrefix(let prefix): output.nextKeyMarker = parameters.text(prefix)
        }
        return output
    }

    /// Also a version that is gone says where it stood; the null version does not, and its key then begins again.
    private func marker(_ input: Input, in bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> VersionWalk.Marker?
    {
        let key = Array((input.keyMarker ?? "").utf8)
        guard let text = input.versionIdMarker, !text.isEmpty else {
            return key.isEmpty ? nil : VersionWalk.Marker(key: key, place: nil)
        }
        guard !key.isEmpty else {
            throw Refused.argument(
                "version-id-marker", text, "A version-id marker cannot be specified without a key marker.")
        }
        switch VersionName(text) {
        case nil: throw Refused.argument("version-id-marker", text, "Invalid version id specified")
        case .id(let id)?:
            return VersionWalk.Marker(key: key, place: try bucket.formerPlace(of: id, key, snapshot))
        case .null?:
            let null = try StoredVersion.find(.null, of: key, in: bucket, snapshot)
            return VersionWalk.Marker(key: key, place: null?.place ?? .min)
        }
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, listing: input)
        record.put("versions", "")
        record.put("key-marker", input.keyMarker)
        record.put("version-id-marker", input.versionIdMarker)
        return record.recording(of: target, .data)
    }
}

extension S3.ListObjectVersions.Input: ListInput {}

extension ListParameters {
    fileprivate func add(
        _ entries: [VersionWalk.Entry], to output: inout S3.ListObjectVersions.Output, owner: AccountID,
        ownerOf: (StoredObject) throws -> S3.Owner
    ) throws {
        var (versions, markers, prefixes): ([S3.ObjectVersion], [S3.DeleteMarkerEntry], [S3.CommonPrefix]) = (
            [], [], []
        )
        for entry in entries {
            switch entry {
            case .version(.object(let object), let isLatest):
                versions.append(version(object, isLatest: isLatest, owner: try ownerOf(object)))
            case .version(.marker(let marker), let isLatest):
                markers.append(
                    S3.DeleteMarkerEntry(
                        owner: CanonicalUser.owner(owner), key: text(marker.key),
                        versionId: VersionName(marker.version).text, isLatest: isLatest,
                        lastModified: marker.modified))
            case .commonPrefix(let prefix): prefixes.append(S3.CommonPrefix(prefix: text(prefix)))
            }
        }
        output.versions = versions.isEmpty ? nil : versions
        output.deleteMarkers = markers.isEmpty ? nil : markers
        output.commonPrefixes = prefixes.isEmpty ? nil : prefixes
    }

    private func version(_ object: StoredObject, isLatest: Bool, owner: S3.Owner) -> S3.ObjectVersion {
        S3.ObjectVersion(
            eTag: EntityTag.text(object.etag),
            checksumAlgorithm: [S3.ChecksumAlgorithm(rawValue: object.algorithm.name)],
            checksumType: object.checksumType,
            size: Int(object.size), storageClass: .init(rawValue: object.storageClass.name), key: text(object.key),
            versionId: VersionName(object.version).text, isLatest: isLatest, lastModified: object.modified,
            owner: owner)
    }
}
