import Crypto
import Testing

@Suite struct CombinedCheckTests {
    private func check(_ kind: CombinedChecks.Kind, _ text: [UInt8]) -> [UInt8] {
        switch kind {
        case .crc32:
            var check = CRC32()
            check.update(text)
            return check.bytes
        case .crc32c:
            var check = CRC32C()
            check.update(text)
            return check.bytes
        case .crc64nvme:
            var check = CRC64NVME()
            check.update(text)
            return check.bytes
        }
    }

    @Test(arguments: [CombinedChecks.Kind.crc32, .crc32c, .crc64nvme])
    func ofPartsIsThatOfTheWhole(_ kind: CombinedChecks.Kind) {
        // Defends: however a text is cut, empty pieces included, the checks of the pieces give that of the whole.
        let text = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 5) }
        for cuts in [[], [0], [500], [1], [499], [100, 200, 300, 400], [7, 7, 8, 300], [250]] {
            let places = [0] + cuts + [text.count]
            let parts = zip(places, places.dropFirst()).map { Array(text[$0..<$1]) }
            let combined = CombinedChecks.check(kind, of: parts.map { (check(kind, $0), Int64($0.count)) })
            #expect(combined == check(kind, text), "\(cuts)")
        }
        #expect(CombinedChecks.check(kind, of: [(check(kind, text), 500)]) == check(kind, text))
    }

    @Test func longParts() {
        // Defends: lengths beyond 32 bits, by the check of zeros, which follows from itself by doubling.
        var (zeros, length): ([UInt8], Int64) = (check(.crc32c, [0]), 1)
        for _ in 0..<33 {
            zeros = CombinedChecks.check(.crc32c, of: [(zeros, length), (zeros, length)])
            length *= 2
        }
        let halves = CombinedChecks.check(.crc32c, of: [(check(.crc32c, [0]), 1), (zeros, length)])
        #expect(halves == CombinedChecks.check(.crc32c, of: [(zeros, length), (check(.crc32c, [0]), 1)]))
        #expect(length == 1 << 33)
    }
}
