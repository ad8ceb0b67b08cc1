import Blobs
import Storage
import Testing

@testable import S3Service

/// Defends backups: the walk over the files of contents meets each once, however short its steps are.
@Suite struct ContentFilesTests {
    @Test func everyFileIsMetOnce() async throws {
        var options = BlobOptions()
        (options.frame, options.inlineLimit) = (64, 32)
        let yard = try Yard(options)
        try await yard.makeBucket("b-1")
        for index in 0..<5 {
            try await yard.put("file \(index)", [UInt8](repeating: 1, count: 40 + index))
            try await yard.put("inline \(index)", [1])
        }
        for key in ["k", "l"] {
            let upload = try await yard.begin(key)
            for number in [1, 2, 5] {
                _ = try await yard.part(number, [UInt8](repeating: 2, count: 50 + number), of: upload)
            }
            _ = try await yard.part(9, [3], of: upload)
        }
        let live = try yard.store.read { try S3Service.liveBlobs($0) }
        #expect(live.count == 11)
        for limit in [1, 2, 3, 100] {
            var (walk, found) = (ContentFiles(), [BlobID]())
            while true {
                // A view of its own for each step.
                let next = try yard.store.read { try walk.next(limit, $0) }
                if next.isEmpty { break }
                #expect(next.count <= limit)
                for file in next { #expect(yard.blobs.file(of: file.id)?.length == file.length) }
                found += next.map(\.id)
            }
            #expect(found.count == 11 && Set(found) == live)
        }
    }
}
