import Blobs
import Testing

/// Defends what S3 relies on, whatever engine keeps its contents.
@Suite struct ContractTests {
    @Test("content comes back whole, whatever its length and however it was cut", arguments: BlobEngine.allCases)
    func roundTrip(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        for count in 0...120 {
            for chunk in [1, 16, 48, 200] {
                let reference = try await bench.write(pattern(count), chunk: chunk)
                #expect(reference.length == Int64(count))
                #expect(reference.isInline == (count <= 4))
                #expect(try await bench.read(reference) == pattern(count))
            }
        }
    }

    @Test("every range of every length gives just its bytes", arguments: BlobEngine.allCases)
    func ranges(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        for count in [0, 1, 4, 5, 15, 16, 17, 32, 47, 48, 49, 64, 65, 97] {
            let content = pattern(count)
            let reference = try await bench.write(content)
            for start in 0...count {
                for end in start...count {
                    let part = try await bench.read(reference, Int64(start)..<Int64(end))
                    #expect(part == Array(content[start..<end]))
                }
            }
        }
    }

    @Test("a reference is kept as bytes and read again", arguments: BlobEngine.allCases)
    func references(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        for count in [0, 3, 5, 100] {
            let reference = try await bench.write(pattern(count))
            #expect(try BlobReference(decoding: reference.encoded) == reference)
            for cut in 0..<25 {
                #expect(throws: BlobError.self) { try BlobReference(decoding: Array(reference.encoded.prefix(cut))) }
            }
        }
    }

    @Test("an open reader goes on when the blob is deleted; a new one is refused", arguments: BlobEngine.allCases)
    func deleteWhileReading(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        let reference = try await bench.write(pattern(100))
        let reader = try await bench.store.reader(reference)
        #expect(try await reader.next()?.count == 48)
        try await bench.store.delete(reference)
        try await bench.store.delete(reference)
        #expect(try await reader.next() == Array(pattern(100)[48..<96]))
        await #expect(throws: BlobError.missing(reference.id)) { try await bench.read(reference) }
        await #expect(throws: BlobError.missing(reference.id)) {
            _ = try await bench.store.inspect(reference) { _ in }
        }
        #expect(bench.count == 0)
    }

    @Test(
        "a writer that has ended takes nothing more, and one that was given up leaves nothing",
        arguments: BlobEngine.allCases)
    func ended(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        let writers = [bench.store.writer(), bench.store.writer()]
        for writer in writers { try await writer.append(pattern(100)) }
        let reference = try await writers[0].finish()
        await writers[0].abandon()
        await writers[1].abandon()
        for writer in writers {
            await #expect(throws: BlobError.ended) { try await writer.append([1]) }
            await #expect(throws: BlobError.ended) { _ = try await writer.finish() }
        }
        #expect(bench.count == 1)
        #expect(try await bench.read(reference) == pattern(100))
    }

    @Test("many writers and readers at once keep apart", arguments: BlobEngine.allCases)
    func concurrency(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                group.addTask {
                    let content = pattern(index * 13)
                    let reference = try await bench.write(content, chunk: 1 + index % 9)
                    let read = try await bench.read(reference)
                    #expect(read == content)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        "the blobs of one content stay while somebody holds them, and go with the last who does",
        arguments: BlobEngine.allCases)
    func holds(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        let (one, two) = (try await bench.write(pattern(50)), try await bench.write(pattern(60)))
        let group = one.id
        var held = [bench.store.hold(group), bench.store.hold(group)]
        try await bench.store.delete([one, two], of: group)
        // Nobody new may begin.
        #expect(held.allSatisfy { $0 != nil } && bench.store.hold(group) == nil)
        held.removeLast()
        #expect(try await bench.read(two) == pattern(60))
        held.removeLast()
        for _ in 0..<100_000 where bench.count > 0 { _ = try await bench.store.run { true } }
        #expect(bench.count == 0)
        let (three, four) = (try await bench.write(pattern(50)), try await bench.write(pattern(60)))
        try await bench.store.delete([three, four], of: three.id)
        #expect(bench.count == 0 && bench.store.hold(three.id) != nil)
    }

    @Test("every flipped byte is found by who reads, and nothing of its frame is given", arguments: BlobEngine.allCases)
    func flippedBytes(_ engine: BlobEngine) async throws {
        let bench = try Bench(engine)
        let reference = try await bench.write(pattern(100))
        for index in 0..<Int(reference.fileLength ?? 0) {
            try bench.flip(index)
            await #expect(throws: BlobError.corrupt(reference.id, frame: Int64(index / 32))) {
                try await bench.read(reference)
            }
            try bench.flip(index)
        }
        #expect(try await bench.read(reference) == pattern(100))
    }
}
