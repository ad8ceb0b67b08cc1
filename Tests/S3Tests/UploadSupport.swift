@testable import Authentication
import Blobs
@testable import Door
import Foundation
import HTTP
import S3API
@testable import S3Service
import Smithy
import Storage
import World

/// Uploads in parts.
extension Yard {
    /// The least that a part before the last may have.
    static let partSize = 5 << 20

    func begin(
        _ key: String, in bucket: String = "b-1", as facts: RequestFacts? = nil,
        _ change: (inout S3.CreateMultipartUpload.Input) -> Void = { _ in }
    ) async throws -> S3.CreateMultipartUpload.Output {
        var input = S3.CreateMultipartUpload.Input(bucket: bucket, key: key)
        change(&input)
        return try await gate.run(CreateMultipartUpload(objects: objects), input, facts ?? root)
    }

    func part(
        _ number: Int, _ content: [UInt8], of upload: S3.CreateMultipartUpload.Output, as facts: RequestFacts? = nil,
        headers: [(String, String)] = [], _ change: (inout S3.UploadPart.Input) -> Void = { _ in },
        meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> S3.UploadPart.Output {
        var input = S3.UploadPart.Input()
        (input.bucket, input.key) = (upload.bucket ?? "", upload.key ?? "")
        (input.uploadId, input.partNumber) = (upload.uploadId ?? "", number)
        input.body = .request(try VerifiedBody.plain(content, headers, meanwhile))
        change(&input)
        return try await gate.run(UploadPart(objects: objects), input, facts ?? root)
    }

    /// - Parameter parts: number and entity tag.
    @discardableResult
    func complete(
        _ upload: S3.CreateMultipartUpload.Output, _ parts: [(Int, String?)], as facts: RequestFacts? = nil,
        _ change: (inout S3.CompleteMultipartUpload.Input) -> Void = { _ in }
    ) async throws -> S3.CompleteMultipartUpload.Output {
        var input = S3.CompleteMultipartUpload.Input(
            bucket: upload.bucket ?? "", key: upload.key ?? "", uploadId: upload.uploadId ?? "")
        input.multipartUpload = S3.CompletedMultipartUpload(
            parts: parts.map { S3.CompletedPart(eTag: $1, partNumber: $0) })
        change(&input)
        return try await gate.run(CompleteMultipartUpload(objects: objects), input, facts ?? root)
    }

    func abort(_ upload: S3.CreateMultipartUpload.Output, as facts: RequestFacts? = nil) async throws {
        let input = S3.AbortMultipartUpload.Input(
            bucket: upload.bucket ?? "", key: upload.key ?? "", uploadId: upload.uploadId ?? "")
        _ = try await gate.run(AbortMultipartUpload(objects: objects), input, facts ?? root)
    }

    func parts(
        of upload: S3.CreateMultipartUpload.Output, as facts: RequestFacts? = nil,
        _ change: (inout S3.ListParts.Input) -> Void = { _ in }
    ) async throws -> S3.ListParts.Output {
        var input = S3.ListParts.Input(
            bucket: upload.bucket ?? "", key: upload.key ?? "", uploadId: upload.uploadId ?? "")
        change(&input)
        return try await gate.run(ListParts(objects: objects), input, facts ?? root)
    }

    func uploads(
        in bucket: String = "b-1", as facts: RequestFacts? = nil,
        _ change: (inout S3.ListMultipartUploads.Input) -> Void = { _ in }
    ) async throws -> S3.ListMultipartUploads.Output {
        var input = S3.ListMultipartUploads.Input(bucket: bucket)
        change(&input)
        return try await gate.run(ListMultipartUploads(buckets: buckets), input, facts ?? root)
    }

    /// Two parts, the first as small as may be.
    @discardableResult
    func compose(
        _ key: String, _ first: [UInt8], _ last: [UInt8], in bucket: String = "b-1", as facts: RequestFacts? = nil,
        _ change: (inout S3.CreateMultipartUpload.Input) -> Void = { _ in }
    ) async throws -> S3.CompleteMultipartUpload.Output {
        let upload = try await begin(key, in: bucket, as: facts, change)
        let tags = [
            (1, try await part(1, first, of: upload, as: facts).eTag),
            (2, try await part(2, last, of: upload, as: facts).eTag),
        ]
        return try await complete(upload, tags, as: facts)
    }

    func copy(
        _ source: String, to key: String, in bucket: String = "b-1", as facts: RequestFacts? = nil,
        _ change: (inout S3.CopyObject.Input) -> Void = { _ in }
    ) async throws -> S3.CopyObject.Output {
        var input = S3.CopyObject.Input(bucket: bucket, copySource: source, key: key)
        change(&input)
        return try await gate.run(CopyObject(objects: objects), input, facts ?? root)
    }

    /// How many files no content has: what a sweep of the next process would remove.
    func strays() throws -> Int {
        let live = try store.read { try S3Service.liveBlobs($0) }
        return Set(files()).subtracting(live).count
    }

    /// The blobs that have files.
    private func files() -> [BlobID] {
        let names = FileManager.default.enumerator(atPath: folder.path + "/blobs")?.compactMap { $0 as? String } ?? []
        return names.compactMap { Hexadecimal.decode($0.replacing("/", with: "").utf8).flatMap { BlobID($0) } }
    }
}

func allow(_ actions: String, on resource: String) -> String {
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[\#(actions)],"Resource":"\#(resource)"}]}"#
}

/// Many bytes, made and compared without a step for each.
func large(_ count: Int) -> [UInt8] {
    var bytes = pattern(4099)
    while bytes.count < count { bytes += bytes }
    bytes.removeLast(bytes.count - count)
    return bytes
}

func areSame(_ left: [UInt8], _ right: [UInt8]) -> Bool { Data(left) == Data(right) }
