import AWS
import KMSAPI
import Testing
import World

@testable import KMSService

/// Defends what grants give: their stored form, and that a child never gives more than its parent.
@Suite struct GrantRightsTests {
    private let account = AccountID("111122223333")

    private func rights(
        _ operations: [KMS.GrantOperation], equals: [String: String]? = nil, subset: [String: String]? = nil
    ) throws -> GrantRights {
        GrantRights(
            operations,
            KMS.GrantConstraints(encryptionContextSubset: subset, encryptionContextEquals: equals),
            by: try #require(account))
    }

    @Test func theStoredTextReadsBack() throws {
        for one in [
            try rights([.encrypt, .decrypt]), try rights([.decrypt], equals: ["a": "1", "ä\"": "\\"]),
            try rights([.encrypt, .createGrant], subset: ["b": "2", "a": "1"]),
        ] {
            #expect(try GrantRights(stored: one.text) == one)
        }
    }

    @Test func theSameRightsAreOneText() throws {
        let one = try rights([.encrypt, .decrypt, .encrypt], subset: ["b": "2", "a": "1"])
        let other = try rights([.decrypt, .encrypt], subset: ["a": "1", "b": "2"])
        #expect(one.text == other.text)
    }

    /// Texts that Unicode calls equivalent are two contexts.
    @Test func whatOnlyLooksAlikeBindsNoChild() throws {
        let (one, other) = (["caf\u{E9}": "K"], ["cafe\u{301}": "K"])
        let value = ["caf\u{E9}": "\u{212A}"]
        for context in [other, value] {
            #expect(!(try rights([.createGrant, .encrypt], equals: one).covers(rights([.encrypt], equals: context))))
            #expect(!(try rights([.createGrant, .encrypt], subset: one).covers(rights([.encrypt], subset: context))))
            #expect(!(try rights([.createGrant, .encrypt], subset: one).covers(rights([.encrypt], equals: context))))
        }
        #expect(try rights([.createGrant, .encrypt], equals: one).covers(rights([.encrypt], equals: one)))
        #expect(try rights([.createGrant, .encrypt], subset: one).covers(rights([.encrypt], subset: one)))
    }

    /// All pairs of a small world, against the rule said another way.
    @Test func aChildGivesNoMore() throws {
        let contexts: [[String: String]?] = [nil, ["a": "1"], ["a": "1", "b": "2"], ["b": "2"], ["a": "2"]]
        let lists: [[KMS.GrantOperation]] = [
            [.encrypt], [.encrypt, .createGrant], [.encrypt, .decrypt, .createGrant], [.decrypt],
        ]
        var all: [GrantRights] = []
        for list in lists {
            for context in contexts {
                all.append(try rights(list, equals: context))
                all.append(try rights(list, subset: context))
            }
        }
        /// Whether a grant lets a context through.
        func admits(_ rights: GrantRights, _ context: [String: String]) -> Bool {
            if let equals = rights.equals, equals != context { return false }
            return rights.subset.map { $0.allSatisfy { context[$0.key] == $0.value } } ?? true
        }
        let samples: [[String: String]] = [
            [:], ["a": "1"], ["b": "2"], ["a": "2"], ["a": "1", "b": "2"], ["a": "1", "b": "2", "c": "3"],
            ["a": "2", "b": "2"], ["a": "1", "c": "3"],
        ]
        for parent in all {
            for child in all where parent.covers(child) {
                #expect(parent.operations.contains(.createGrant))
                #expect(Set(child.operations).isSubset(of: parent.operations))
                let wanted = child.equals ?? child.subset ?? [:]
                let contexts = GrantContexts(within: wanted, exactly: child.equals != nil)
                #expect(contexts.first(from: parent.bound) == parent.bound, "\(parent.text) is found for \(child.text)")
                for context in samples where admits(child, context) {
                    #expect(admits(parent, context), "\(parent.text) made \(child.text)")
                }
            }
        }
    }
}

/// Defends grant tokens: each is of one grant, and changed in any byte it is none.
@Suite struct GrantTokenTests {
    private let id = String(repeating: "0a", count: 32)
    private let secret = [UInt8](repeating: 7, count: GrantToken.secretBytes)
    private let identifiers = Identifiers(SystemEntropy())

    @Test func aTokenNamesItsGrant() throws {
        let text = GrantToken.make(for: id, secret, identifiers)
        let token = try GrantToken(text)
        #expect(token.grantID == id)
        try token.check(secret)
        #expect(text != GrantToken.make(for: id, secret, identifiers))
        #expect(throws: KMS.InvalidGrantTokenException.self) { try token.check([UInt8](repeating: 8, count: 32)) }
    }

    @Test(arguments: ["", "nonsense", "AQ==", "AAAA"]) func whatIsNoToken(_ text: String) {
        #expect(throws: KMS.InvalidGrantTokenException.self) { try GrantToken(text) }
    }
}
