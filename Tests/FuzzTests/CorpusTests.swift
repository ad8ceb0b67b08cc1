import Foundation
import FuzzTargets
import Testing

/// The fuzzer's entry points as ordinary tests: over the corpus, and over a few hundred changes of each file. What the
/// fuzzer found once is a file of the corpus, so it is tried on every run.
@Suite struct CorpusTests {
    /// A small repeatable generator.
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 29)) &* 0x9E37_79B9_7F4A_7C15
        }
    }

    static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz/Corpus")

    @Test(arguments: FuzzTarget.all.map(\.name))
    func holds(_ name: String) throws {
        // Defends: no parser crashes or breaks its promise on anything found before, or near it.
        let target = try #require(FuzzTarget.named(name))
        let folder = CorpusTests.corpus.appending(path: name)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty, "\(name) has no corpus")
        target.run([])
        var dice = Dice(state: 1)
        for file in files.sorted(by: { $0.path < $1.path }) {
            let seed = [UInt8](try Data(contentsOf: file))
            target.run(seed)
            for _ in 0..<200 { target.run(CorpusTests.changed(seed, &dice)) }
        }
    }

    /// One to four bytes removed, inserted, changed or repeated.
    static func changed(_ seed: [UInt8], _ dice: inout Dice) -> [UInt8] {
        let telling = Array("\r\n\0 :;=&%/\"'{}[]<>,.\\-+*?${}09aZ\u{e9}".utf8) + [0x80, 0xFF]
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &dice) {
            let at = Int.random(in: 0...bytes.count, using: &dice)
            let byte = telling[Int.random(in: 0..<telling.count, using: &dice)]
            let end = min(bytes.count, at + Int.random(in: 1...16, using: &dice))
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: bytes.insert(byte, at: at)
            case 1: bytes.removeSubrange(at..<end)
            case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
            default: if at < bytes.count { bytes[at] = byte }
            }
        }
        return bytes
    }
}
