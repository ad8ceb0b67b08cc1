import Crypto
import Testing

@Suite struct NonceTests {
    @Test("no nonce is given out twice, to many tasks at once")
    func unique() async {
        let source = NonceSource()
        let drawn = await withTaskGroup(of: [[UInt8]].self) { group in
            for _ in 0..<8 { group.addTask { (0..<2_000).map { _ in source.next() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(drawn.allSatisfy { $0.count == 12 })
        #expect(Set(drawn).count == drawn.count)
    }
}
