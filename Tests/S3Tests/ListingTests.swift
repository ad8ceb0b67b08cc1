import AWS
@testable import Door
import S3API
@testable import S3Service
import Storage
import Testing
import World

@Suite struct ListingTests {
    /// Few characters, so that keys often share beginnings; two of more than one byte.
    private static let characters = ["a", "b", "/", "//", "-", "\u{e9}", "\u{1F600}", "0"]

    @Test("pages of any size give what a slow model gives, in the order of bytes", arguments: 0..<6)
    func againstModel(_ seed: UInt64) async throws {
        let yard = try Yard()
        try await yard.makeBucket("b-1")
        var random = Generator(state: seed)
        let keys = Set(
            (0..<120).map { _ in
                (0...random.next(below: 6)).map { _ in ListingTests.characters[random.next(below: 8)] }.joined()
            })
        try await yard.store.write { transaction in
            guard let bucket = try yard.buckets.find("b-1", in: transaction.snapshot).bucket else { return }
            for key in keys { try transaction.putEmpty(key, in: bucket) }
        }
        let model = Model(keys: keys.map { Array($0.utf8) })
        for prefix in ["", "a", "a/", "b", "\u{e9}", "zz"] {
            for delimiter in ["", "/", "a", "//", "\u{e9}"] {
                for limit in [1, 3, 1000] {
                    let expected = model.entries(Array(prefix.utf8), Array(delimiter.utf8))
                    #expect(try pages(yard, prefix, delimiter, limit) == expected, "\(prefix) \(delimiter) \(limit)")
                }
            }
        }
    }

    private func pages(_ yard: Yard, _ prefix: String, _ delimiter: String, _ limit: Int) throws -> [[UInt8]] {
        try yard.store.read { snapshot in
            guard let bucket = try yard.buckets.find("b-1", in: snapshot).bucket else { return [] }
            var (found, marker): ([[UInt8]], [UInt8]) = ([], [])
            while true {
                let walk = KeyWalk(
                    prefix: Array(prefix.utf8), delimiter: Array(delimiter.utf8), marker: marker, limit: limit)
                let (entries, isTruncated) = try walk.entries(of: bucket, snapshot)
                found += entries.map(\.position)
                guard isTruncated, let last = entries.last else { return found }
                marker = last.position
            }
        }
    }

    @Test("version 2 pages by token, counts common prefixes, and says where it stands")
    func versionTwo() async throws {
        let yard = try Yard()
        try await yard.makeBucket("b-1")
        for key in ["a/1", "a/2", "b", "c/1", "d e+f"] { try await yard.put(key, [1]) }
        var input = S3.ListObjectsV2.Input(bucket: "b-1", delimiter: "/", maxKeys: 2)
        let first = try await yard.gate.run(ListObjectsV2(buckets: yard.buckets), input, yard.root)
        #expect(first.keyCount == 2 && first.isTruncated == true)
        #expect(first.commonPrefixes?.map(\.prefix) == ["a/"] && first.contents?.map(\.key) == ["b"])
        input.continuationToken = first.nextContinuationToken
        input.encodingType = .url
        input.fetchOwner = true
        let second = try await yard.gate.run(ListObjectsV2(buckets: yard.buckets), input, yard.root)
        #expect(second.isTruncated == false && second.nextContinuationToken == nil)
        #expect(second.commonPrefixes?.map(\.prefix) == ["c/"] && second.contents?.map(\.key) == ["d%20e%2Bf"])
        #expect(second.contents?.first?.owner?.iD?.count == 64)
        input.continuationToken = "AAAA"
        let bad = input
        #expect(
            await yard.code { _ = try await yard.gate.run(ListObjectsV2(buckets: yard.buckets), bad, yard.root) }
                == "InvalidArgument")
    }

    @Test("version 1 names the next marker where there is a delimiter; a limit of none is no page")
    func versionOne() async throws {
        let yard = try Yard()
        try await yard.makeBucket("b-1")
        for key in ["a/1", "b", "c"] { try await yard.put(key, [1]) }
        var input = S3.ListObjects.Input(bucket: "b-1", delimiter: "/", maxKeys: 1)
        let page = try await yard.gate.run(ListObjects(buckets: yard.buckets), input, yard.root)
        #expect(page.nextMarker == "a/" && page.isTruncated == true)
        input.marker = page.nextMarker
        let next = try await yard.gate.run(ListObjects(buckets: yard.buckets), input, yard.root)
        #expect(next.contents?.map(\.key) == ["b"] && next.commonPrefixes == nil)
        (input.marker, input.maxKeys) = (nil, 0)
        let none = try await yard.gate.run(ListObjects(buckets: yard.buckets), input, yard.root)
        #expect(none.contents == nil && none.isTruncated == false && none.maxKeys == 0)
    }
}

/// All keys, looked at one after the other.
private struct Model {
    let keys: [[UInt8]]

    func entries(_ prefix: [UInt8], _ delimiter: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) where key.starts(with: prefix) {
            let entry = fold(key, prefix.count, delimiter)
            if found.last != entry { found.append(entry) }
        }
        return found
    }

    private func fold(_ key: [UInt8], _ start: Int, _ delimiter: [UInt8]) -> [UInt8] {
        guard !delimiter.isEmpty else { return key }
        for place in key.indices where place >= start && Array(key[place...].prefix(delimiter.count)) == delimiter {
            return Array(key[..<(place + delimiter.count)])
        }
        return key
    }
}

private struct Generator {
    var state: UInt64
    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}

extension Transaction {
    /// A row as an empty object has it.
    fileprivate mutating func putEmpty(_ key: String, in bucket: Bucket) throws {
        try run("INSERT INTO s3_content (reference, checksum, content_type) VALUES (x'', x'', '')")
        try run(
            "INSERT INTO s3_object (bucket, key, etag, size, modified, algorithm, content) VALUES (?, ?, x'', 0, 0, 1, ?)",
            .int(bucket.id), .blob(Array(key.utf8)), .int(lastInsertedRow))
    }
}
