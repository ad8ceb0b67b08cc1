import Storage
import Testing
import World

/// Defends: what a text in a row means is read once for the same text, and never taken for another's.
@Suite struct TextTests {
    private final class Words: Sendable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    @Test("a text is read once, in write transactions too, and again when it is another one")
    func once() async throws {
        let bench = try Bench()
        func read(_ text: String, of owner: Int64, _ variant: Int64 = 0) async throws -> (text: String, count: Int) {
            try await bench.store.write { transaction in
                var count = 0
                let words = transaction.snapshot.meaning(of: text, in: owner, variant: variant) { text in
                    count += 1
                    return Words(text)
                }
                return (words.text, count)
            }
        }
        #expect(try await read("a", of: 1) == ("a", 1))
        #expect(try await read("a", of: 1) == ("a", 0))
        #expect(try await read("b", of: 1) == ("b", 1))
        #expect(try await read("a", of: 1) == ("a", 1))
        #expect(try await read("a", of: 2) == ("a", 1), "another owner")
        #expect(try await read("a", of: 1, 1) == ("a", 1), "another variant")
        // The Kelvin sign and the letter are one to String.
        #expect(try await read("\u{212A}", of: 3).count == 1)
        let letter = try await read("K", of: 3)
        #expect(letter.count == 1 && Array(letter.text.utf8) == [0x4B])
    }

    @Test("what is kept is bounded: by number, and by bytes")
    func bounded() async throws {
        let bench = try Bench()
        let counts = try await bench.store.write { transaction in
            var count = 0
            func read(_ text: String, _ owner: Int64) {
                _ = transaction.snapshot.meaning(of: text, in: owner) { text in
                    count += 1
                    return Words(text)
                }
            }
            for owner in 0..<600 { read("a", Int64(owner)) }
            read("a", 0)
            let byNumber = count
            let large = String(repeating: "x", count: 3 << 20)
            for owner in 1000..<1002 { read(large, Int64(owner)) }
            read(large, 1000)
            return [byNumber, count - byNumber]
        }
        #expect(counts == [601, 3])
    }

    @Test("what cannot be read is tried again")
    func failing() async throws {
        struct Broken: Error {}
        let bench = try Bench()
        for _ in 0..<2 {
            await #expect(throws: Broken.self) {
                try await bench.store.write { transaction in
                    _ = try transaction.snapshot.meaning(of: "a", in: 1) { _ -> Words in throw Broken() }
                }
            }
        }
    }
}
