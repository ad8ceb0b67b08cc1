import AWS
import Testing

/// Defends: an access key id tells its account, ours as AWS's do.
struct AccessKeyIDTests {
    @Test func publishedExampleIsRead() {
        #expect(AccessKeyID.account(of: "ASIAQNZGKIQY56JQ7WML")?.description == "029608264753")
    }

    @Test func everyAccountComesBack() throws {
        // The ends of the range, every power of ten, and every power of two below 10^12.
        var numbers: Set<UInt64> = [0, 999_999_999_999, 111_122_223_333]
        var power: UInt64 = 1
        while power < 1_000_000_000_000 {
            numbers.formUnion([power, power - 1])
            power *= 10
        }
        for shift in 0..<40 { numbers.insert(min(1 << UInt64(shift), 999_999_999_999)) }
        for number in numbers {
            let text = String(number)
            let account = try #require(AccountID(String(repeating: "0", count: 12 - text.count) + text))
            for random in [[UInt8](repeating: 0, count: 5), [UInt8](repeating: 255, count: 5), [1, 2, 3, 4, 5]] {
                for kind in [AccessKeyID.Kind.longTerm, .temporary] {
                    let id = AccessKeyID.make(kind, account, random: random)
                    #expect(id.utf8.count == 20)
                    #expect(id.hasPrefix(kind.rawValue))
                    #expect(id.dropFirst(4).utf8.allSatisfy { "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8.contains($0) })
                    #expect(AccessKeyID.account(of: id) == account)
                }
            }
        }
    }

    @Test func randomBytesDiffer() throws {
        let account = try #require(AccountID("111122223333"))
        let ids = Set((0..<128).map { AccessKeyID.make(.longTerm, account, random: [$0, 0, 0, 0, 0]) })
            .union((1...255).map { AccessKeyID.make(.longTerm, account, random: [0, 0, 0, 0, $0]) })
        #expect(ids.count == 128 + 255)
    }

    @Test(arguments: [
        "", "AKIA", "AKIA111111111111111!", "AIDAQNZGKIQY56JQ7WML", "akiaqnzgkiqy56jq7wml", "ASIAQNZGKIQY56JQ7WMLA",
    ])
    func othersTellNothing(_ text: String) { #expect(AccessKeyID.account(of: text) == nil) }
}
