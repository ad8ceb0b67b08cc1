import AWS
@testable import Door
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

/// Storing, deleting, removing versions and turning versioning on and off at random, held against a slow model.
@Suite struct VersionModelTests {
    private struct Generator {
        var state: UInt64
        mutating func next(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
    }

    /// A version as a listing shows it.
    private struct Seen: Equatable, CustomStringConvertible {
        var key: String
        var version: String
        var isMarker: Bool
        var isLatest: Bool

        var description: String {
            "\(key) \(version.prefix(4))\(isMarker ? " marker" : "")\(isLatest ? " latest" : "")"
        }
    }

    private struct Model {
        var state = S3.BucketVersioningStatus?.none
        /// Of each key, the newest first.
        var stacks: [String: [(version: String, isMarker: Bool)]] = [:]

        mutating func put(_ key: String, _ version: String?, isMarker: Bool = false) {
            if state != .enabled { stacks[key]?.removeAll { $0.version == "null" } }
            stacks[key, default: []].insert((version ?? "null", isMarker), at: 0)
        }

        var all: [Seen] {
            stacks.sorted { $0.key < $1.key }.flatMap { key, stack in
                stack.enumerated().map { index, one in
                    Seen(key: key, version: one.version, isMarker: one.isMarker, isLatest: index == 0)
                }
            }
        }

        /// With folded keys as a version of that name.
        func listed(_ prefix: String, _ delimiter: String) -> [Seen] {
            var found: [Seen] = []
            for one in all where one.key.hasPrefix(prefix) {
                let rest = one.key.dropFirst(prefix.count)
                guard !delimiter.isEmpty, let end = rest.firstRange(of: delimiter) else {
                    found.append(one)
                    continue
                }
                let folded = Seen(
                    key: prefix + rest[..<end.upperBound], version: "", isMarker: false, isLatest: false)
                if found.last != folded { found.append(folded) }
            }
            return found
        }
    }

    @Test("versions are as a slow model has them, on pages of any size", arguments: [1, 2] as [UInt64])
    func againstModel(_ seed: UInt64) async throws {
        let yard = try Yard()
        try await yard.makeBucket("b-1")
        var (random, model) = (Generator(state: seed), Model())
        let keys = ["a", "a/1", "a/2", "b", "b//c", "b/"]
        for step in 0..<120 {
            let key = keys[random.next(below: keys.count)]
            switch random.next(below: 10) {
            case 0:
                model.state = step < 20 ? .enabled : [.enabled, .suspended][random.next(below: 2)]
                try await yard.setVersioning(model.state)
            case 1...5: model.put(key, try await yard.put(key, [UInt8(step)]).versionId)
            case 6, 7:
                let marker = try await yard.delete(key)
                if model.state == nil {
                    model.stacks[key] = nil
                } else {
                    model.put(key, marker.versionId, isMarker: true)
                }
            default:
                guard let stack = model.stacks[key], !stack.isEmpty else { continue }
                let gone = stack[random.next(below: stack.count)]
                let answer = try await yard.delete(key) { $0.versionId = gone.version }
                #expect((answer.deleteMarker == true) == gone.isMarker)
                model.stacks[key]?.removeAll { $0.version == gone.version }
            }
            try await compareCurrent(yard, model, key)
        }
        let order = try places(yard)
        for prefix in ["", "a", "b/"] {
            for delimiter in ["", "/"] {
                for limit in [1, 3, 1000] {
                    let pages = try await pages(yard, prefix, delimiter, limit, order)
                    #expect(pages == model.listed(prefix, delimiter), "\(prefix) \(delimiter) \(limit)")
                }
            }
        }
        let contents = try yard.store.read { try $0.number("SELECT count(*) FROM s3_content") }
        #expect(contents == model.all.filter { !$0.isMarker }.count)
    }

    private func compareCurrent(_ yard: Yard, _ model: Model, _ key: String) async throws {
        let current = try yard.store.read { snapshot in
            try yard.objects.find(key, in: "b-1", snapshot)
        }
        let expected = model.stacks[key]?.first
        #expect((current.object != nil) == (expected.map { !$0.isMarker } ?? false))
        #expect((current.marker != nil) == (expected?.isMarker ?? false))
        if let object = current.object { #expect(VersionName(object.version).text == expected?.version) }
    }

    /// All pages, in the order of the keys.
    private func pages(
        _ yard: Yard, _ prefix: String, _ delimiter: String, _ limit: Int, _ places: [String: Int64]
    ) async throws -> [Seen] {
        var found: [Seen] = []
        var input = S3.ListObjectVersions.Input(bucket: "b-1", delimiter: delimiter, maxKeys: limit, prefix: prefix)
        while true {
            let page = try await yard.gate.run(ListObjectVersions(buckets: yard.buckets), input, yard.root)
            let versions = (page.versions ?? []).map {
                Seen(
                    key: $0.key ?? "", version: $0.versionId ?? "", isMarker: false, isLatest: $0.isLatest ?? false)
            }
            let markers = (page.deleteMarkers ?? []).map {
                Seen(key: $0.key ?? "", version: $0.versionId ?? "", isMarker: true, isLatest: $0.isLatest ?? false)
            }
            let prefixes = (page.commonPrefixes ?? []).map {
                Seen(key: $0.prefix ?? "", version: "", isMarker: false, isLatest: false)
            }
            #expect(versions.count + markers.count + prefixes.count <= limit)
            found += (versions + markers + prefixes).sorted {
                ($0.key, places[$0.key + " " + $0.version] ?? 0) < ($1.key, places[$1.key + " " + $1.version] ?? 0)
            }
            guard page.isTruncated == true else { return found }
            (input.keyMarker, input.versionIdMarker) = (page.nextKeyMarker, page.nextVersionIdMarker)
        }
    }

    /// Where each version stands among those of its key.
    private func places(_ yard: Yard) throws -> [String: Int64] {
        let rows = try yard.store.read { snapshot in
            try snapshot.rows(
                "SELECT key, version, place FROM s3_object UNION ALL SELECT key, version, place FROM s3_version"
            ) { row -> (String, Int64) in
                let version = VersionName(row.blobOrNull(1).flatMap { VersionID(bytes: $0) })
                return (String(decoding: row.blob(0), as: UTF8.self) + " " + version.text, row.int(2))
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}
