import Door
import KMSAPI
import Testing

@testable import KMSService

/// No two contexts are the same bytes, and one context always is.
struct EncryptionContextTests {
    /// All contexts of at most two pairs over a small alphabet that invites mistakes.
    private static let all: [[String: String]] = {
        let texts = ["", "a", "b", "ab", "\u{0}", "\u{1}", "é", "e\u{301}", "\u{0}\u{0}\u{0}\u{1}a"]
        var contexts: [[String: String]] = [[:]]
        for name in texts { for value in texts { contexts.append([name: value]) } }
        for (index, name) in texts.enumerated() {
            for other in texts[(index + 1)...] where name != other {
                for value in texts { for second in texts { contexts.append([name: value, other: second]) } }
            }
        }
        return contexts
    }()

    @Test("no two contexts are the same bytes")
    func injective() {
        var seen: [[UInt8]: [String: String]] = [:]
        for context in Self.all {
            let bytes = EncryptionContext.encoded(context)
            #expect(seen[bytes] == nil, "\(context) and \(seen[bytes] ?? [:])")
            seen[bytes] = context
        }
        #expect(seen.count == Self.all.count)
    }

    @Test("the order of the pairs does not matter")
    func order() {
        var forwards: [String: String] = [:]
        var backwards: [String: String] = [:]
        for number in 0..<100 { forwards["key\(number)"] = "\(number)" }
        for number in (0..<100).reversed() { backwards["key\(number)"] = "\(number)" }
        #expect(EncryptionContext.encoded(forwards) == EncryptionContext.encoded(backwards))
    }

    @Test("pairs stand in the order of their names' bytes, each text after its length")
    func form() {
        #expect(EncryptionContext.encoded([:]) == [0, 0, 0, 0])
        #expect(
            EncryptionContext.encoded(["b": "2", "a": "10"])
                == [0, 0, 0, 2] + [0, 0, 0, 1, 97] + [0, 0, 0, 2, 49, 48] + [0, 0, 0, 1, 98] + [0, 0, 0, 1, 50])
    }

    @Test("a context is bounded in pairs and bytes, at the last of them")
    func bounds() throws {
        func pairs(_ count: Int) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", "") })
        }
        for context in [nil, [:], pairs(512), ["a": String(repeating: "x", count: 8_191)]] as [[String: String]?] {
            try EncryptionContext.check(context)
        }
        for context in [pairs(513), ["é": String(repeating: "x", count: 8_191)]] {
            #expect(throws: KMS.ValidationException.self) { try EncryptionContext.check(context) }
        }
    }

    @Test("names that are one condition key are refused, whichever values they have")
    func folding() throws {
        try EncryptionContext.check(["dept": "a", "depts": "a", "Other": "b"])
        for context in [["Dept": "a", "dept": "a"], ["DEPT": "a", "dept": "b", "x": ""], ["É": "", "é": "1"]] {
            #expect(throws: KMS.ValidationException.self) { try EncryptionContext.check(context) }
        }
    }

    @Test("condition keys are in the order of the names' bytes")
    func conditions() {
        let entries = KeyConditions.of(context: ["b": "2", "é": "3", "B": "1", "a": "0"])
        let names = ["B", "a", "b", "é"]
        #expect(entries.map(\.key) == names.map { "kms:EncryptionContext:" + $0 } + ["kms:EncryptionContextKeys"])
        guard case .many(let listed) = entries.last?.value else {
            Issue.record("no list of names")
            return
        }
        #expect(listed == names)
    }

    @Test("texts that Unicode calls equivalent are not the same context")
    func equivalents() {
        #expect(EncryptionContext.encoded(["é": "1"]) != EncryptionContext.encoded(["e\u{301}": "1"]))
        #expect(EncryptionContext.encoded(["a": "é"]) != EncryptionContext.encoded(["a": "e\u{301}"]))
    }
}
