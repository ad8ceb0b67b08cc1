import Authentication
import Crypto
@testable import Door
import Formats
import S3API
@testable import S3Service
import Smithy
import Testing
import World

@Suite struct UploadChecksumTests {
    private let yard: Yard
    private let first = large(Yard.partSize)
    private let last = Array("the end".utf8)

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
    }

    private func digest(_ algorithm: ChecksumAlgorithm, _ text: [UInt8]) -> [UInt8] {
        let digests = ContentDigests(algorithm, wantsMD5: false)
        digests.update(text)
        return digests.finish().checksum
    }

    private static let table: [(String?, S3.ChecksumType?, String?)] = [
        (nil, nil, "CRC64NVME FULL_OBJECT"), ("CRC64NVME", nil, "CRC64NVME FULL_OBJECT"),
        ("CRC32", nil, "CRC32 COMPOSITE"),
        ("CRC32C", nil, "CRC32C COMPOSITE"), ("SHA1", nil, "SHA1 COMPOSITE"), ("SHA256", nil, "SHA256 COMPOSITE"),
        ("CRC32", .fullObject, "CRC32 FULL_OBJECT"), ("CRC32C", .fullObject, "CRC32C FULL_OBJECT"),
        ("CRC64NVME", .fullObject, "CRC64NVME FULL_OBJECT"), ("SHA256", .composite, "SHA256 COMPOSITE"),
        ("SHA1", .fullObject, nil), ("SHA256", .fullObject, nil), ("CRC64NVME", .composite, nil),
        (nil, .composite, nil),
        (nil, .fullObject, nil), ("SHA512", nil, nil), ("MD5", nil, nil), ("CRC32", .init(rawValue: "HALF"), nil),
    ]

    @Test("algorithms and types go together as the user guide tells", arguments: table.indices)
    func combinations(_ index: Int) {
        let (algorithm, type, expected) = UploadChecksumTests.table[index]
        do {
            let made = try UploadChecksum(algorithm: algorithm, type: type)
            #expect("\(made.algorithm.name) \(made.type.rawValue)" == expected && made.isNamed == (algorithm != nil))
        } catch {
            #expect(expected == nil && (error as? S3.InvalidRequest) != nil, "\(error)")
        }
    }

    @Test(
        "of every kind the object's checksum is what AWS says it is", arguments: ChecksumAlgorithm.allCases,
        [false, true])
    func everyKind(_ algorithm: ChecksumAlgorithm, _ isComposite: Bool) async throws {
        guard let kind = try? UploadChecksum(algorithm: algorithm.name, type: isComposite ? .composite : .fullObject)
        else {
            return
        }
        let upload = try await yard.begin("k") {
            ($0.checksumAlgorithm, $0.checksumType) = (kind.name, kind.type)
        }
        #expect(upload.checksumAlgorithm == kind.name && upload.checksumType == kind.type)
        let own = [digest(algorithm, first), digest(algorithm, last)]
        var parts: [S3.CompletedPart] = []
        for (index, content) in [first, last].enumerated() {
            let header = [(algorithm.headerName, Base64.encode(own[index]))]
            let part = try await yard.part(index + 1, content, of: upload, headers: header)
            #expect(part.text(algorithm) == header[0].1)
            var shape = S3.CompletedPart(eTag: part.eTag, partNumber: index + 1)
            shape.setText(header[0].1, algorithm)
            parts.append(shape)
        }
        let expected =
            isComposite
            ? Base64.encode(digest(algorithm, own[0] + own[1])) + "-2" : Base64.encode(digest(algorithm, first + last))
        let listed = parts
        func code(_ change: (inout S3.CompleteMultipartUpload.Input) -> Void) async -> String? {
            await yard.code {
                try await yard.complete(upload, []) {
                    $0.multipartUpload = .init(parts: listed)
                    change(&$0)
                }
            }
        }
        #expect(await code { $0.setText(Base64.encode([1, 2, 3, 4]), algorithm) } == "BadDigest")
        #expect(await code { $0.checksumType = isComposite ? .fullObject : .composite } == "InvalidRequest")
        #expect(await code { $0.multipartUpload?.parts?[1].setText("AAAA", algorithm) } == "InvalidPart")
        #expect(
            await code {
                for index in 0...1 {
                    $0.multipartUpload?.parts?[index] = .init(eTag: listed[index].eTag, partNumber: index + 1)
                }
                $0.key = isComposite ? $0.key : "none"
            } == (isComposite ? "InvalidRequest" : "NoSuchUpload"))
        #expect(await code { $0.setText(expected, algorithm) } == nil)
        try await told(expected, algorithm, kind, own)
    }

    private func told(_ expected: String, _ algorithm: ChecksumAlgorithm, _ kind: UploadChecksum, _ own: [[UInt8]])
        async throws
    {
        let output = try await yard.get("k") { $0.checksumMode = .enabled }.output
        #expect(output.text(algorithm) == expected && output.checksumType == kind.type)
        let part = try await yard.get("k") { ($0.partNumber, $0.checksumMode) = (2, .enabled) }.output
        #expect(part.text(algorithm) == Base64.encode(own[1]) && part.checksumType == kind.type)
        let facts = try await yard.gate.run(
            GetObjectAttributes(objects: yard.objects),
            .init(bucket: "b-1", key: "k", maxParts: 1, objectAttributes: [.checksum, .objectParts]), yard.root)
        #expect(facts.checksum?.text(algorithm) == expected.split(separator: "-")[0].description)
        #expect(facts.checksum?.checksumType == kind.type && facts.objectParts?.totalPartsCount == 2)
        guard kind.isComposite else {
            #expect(facts.objectParts?.parts == nil)
            return
        }
        #expect(facts.objectParts?.parts?.map(\.partNumber) == [1] && facts.objectParts?.isTruncated == true)
        #expect(facts.objectParts?.nextPartNumberMarker == 1 && facts.objectParts?.parts?[0].size == first.count)
        #expect(facts.objectParts?.parts?[0].text(algorithm) == Base64.encode(own[0]))
    }

    @Test("a part must come with the upload's kind of checksum, or with none where the whole has one")
    func partsOfAnotherKind() async throws {
        let sha = [("x-amz-checksum-sha256", Base64.encode(SHA256.hash([1])))]
        let composite = try await yard.begin("k") { $0.checksumAlgorithm = .crc32 }
        #expect(await yard.code { _ = try await yard.part(1, [1], of: composite, headers: sha) } == "InvalidRequest")
        #expect(await yard.code { _ = try await yard.part(1, [1], of: composite) } == "InvalidRequest")
        let full = try await yard.begin("k") { ($0.checksumAlgorithm, $0.checksumType) = (.crc32, .fullObject) }
        #expect(await yard.code { _ = try await yard.part(1, [1], of: full, headers: sha) } == "InvalidRequest")
        let tag = try await yard.part(1, [1], of: full)
        #expect(tag.checksumCRC32 == nil)
        #expect(try await yard.complete(full, [(1, tag.eTag)]).checksumCRC32 == Base64.encode(digest(.crc32, [1])))
        #expect(try yard.strays() == 0)
    }

    @Test("where none was asked for, parts come with any, and it is compared when it comes again")
    func unnamed() async throws {
        let upload = try await yard.begin("k")
        let sum = Base64.encode(SHA256.hash([1]))
        let part = try await yard.part(1, [1], of: upload, headers: [("x-amz-checksum-sha256", sum)])
        #expect(part.checksumSHA256 == sum && part.checksumCRC64NVME == nil)
        func complete(_ text: String) async -> String? {
            await yard.code {
                try await yard.complete(upload, [(1, part.eTag)]) {
                    $0.multipartUpload?.parts?[0].checksumSHA256 = text
                }
            }
        }
        #expect(await complete("AAAA") == "InvalidPart")
        #expect(await complete(sum) == nil)
        #expect(
            try await yard.get("k") { $0.checksumMode = .enabled }.output.checksumCRC64NVME
                == Base64.encode(digest(.crc64nvme, [1])))
    }
}
