import AWS
import Authentication
import CSQLite
import KMSAPI
import Testing
import World

@testable import KMSService
@testable import Storage

/// Defends the search for grants: it finds what looking at each would find, and its work does not grow with the others.
@Suite struct GrantSearchTests {
    /// A key with grants of one holder.
    private struct Bench {
        let keys: KeyBench
        let id: String
        let issuers: [AccountID]
        var holders: [GrantPrincipal] { GrantPrincipal.all(of: .root(keys.account)) }

        init() async throws {
            keys = try await KeyBench()
            id = try await keys.make("test")
            issuers = ["111122223333", "444455556666"].compactMap { AccountID($0) }
        }

        func rights(
            _ operations: [KMS.GrantOperation], equals: [String: String]? = nil, subset: [String: String]? = nil,
            by issuer: Int = 0
        ) -> GrantRights {
            GrantRights(
                operations, KMS.GrantConstraints(encryptionContextSubset: subset, encryptionContextEquals: equals),
                by: issuers[issuer])
        }

        func give(_ all: [GrantRights], name: String? = nil) async throws {
            let key = try #require(try keys.find(id))
            let (holder, identifiers, now) = (holders[0], Identifiers(SystemEntropy()), keys.clock.now())
            try await keys.store.write { transaction in
                for rights in all {
                    let new = NewGrant(key: key, grantee: holder, retiring: nil, rights: rights, name: name)
                    _ = try new.write([1], identifiers, now, &transaction)
                }
            }
        }

        /// What a body returns, and how many steps SQLite took for it.
        func counting<Result>(
            _ body: (KMSKey, borrowing Snapshot) throws -> Result
        ) throws -> (result: Result, steps: Int) {
            let key = try #require(try keys.find(id))
            return try keys.store.read { snapshot in
                let database = snapshot.connection.database
                let before = Bench.steps(database)
                let result = try body(key, snapshot)
                return (result, Bench.steps(database) - before)
            }
        }

        /// Of all statements that were prepared.
        private static func steps(_ database: OpaquePointer) -> Int {
            var (sum, statement) = (0, sqlite3_next_stmt(database, nil))
            while let one = statement {
                sum += Int(sqlite3_stmt_status(one, SQLITE_STMTSTATUS_VM_STEP, 0))
                statement = sqlite3_next_stmt(database, one)
            }
            return sum
        }

        func issuers(for use: GrantUse) throws -> (result: [AccountID], steps: Int) {
            try counting { key, snapshot in
                let found =
                    use.isDescription
                    ? try GrantSearch.describing(key, to: holders, snapshot)
                    : try GrantSearch(for: use).found(of: key, to: holders, snapshot)
                return found.map(\.rights.issuer)
            }
        }

        func issuers(ofParentsOf child: GrantRights) throws -> (result: [AccountID], steps: Int) {
            try counting { key, snapshot in
                try GrantSearch(parentsOf: child)?.found(of: key, to: holders, snapshot).map(\.rights.issuer) ?? []
            }
        }
    }

    /// The grants that a tenant's key has, as one holder may have thousands.
    enum Crowd: CaseIterable {
        case equals, subset, names, otherOperations, copies, describingByName

        func right(_ number: Int, _ bench: GrantSearchTests.BenchOfCrowd) -> GrantRights {
            let long = "the longest value, which all of them have"
            return switch self {
            case .equals: bench([.decrypt, .createGrant], ["app": long, "tenant": "\(number)"], nil)
            case .subset: bench([.decrypt, .createGrant], nil, ["app": long, "tenant": "\(number)"])
            case .names: bench([.decrypt, .createGrant], nil, ["tenant-\(number)": long])
            case .otherOperations: bench([.encrypt], nil, ["app": long])
            case .copies: bench([.decrypt, .createGrant], nil, nil)
            case .describingByName: bench([.decrypt], ["DescribeKey": "\(number)"], nil)
            }
        }
    }

    typealias BenchOfCrowd = ([KMS.GrantOperation], [String: String]?, [String: String]?) -> GrantRights

    @Test(arguments: Crowd.allCases) func othersCostNothing(_ crowd: Crowd) async throws {
        let bench = try await Bench()
        let long = "the longest value, which all of them have"
        func measure() throws -> [Int] {
            var steps: [Int] = []
            for context in [
                ["app": long, "tenant": "3", "more": "x"], ["app": long, "tenant": "none"], ["tenant-3": long], [:],
            ] {
                for operation in ["Decrypt", "DescribeKey"] {
                    steps.append(try bench.issuers(for: #require(GrantUse(operation, context))).steps)
                }
                steps.append(try bench.issuers(ofParentsOf: bench.rights([.decrypt], equals: context)).steps)
                steps.append(try bench.issuers(ofParentsOf: bench.rights([.decrypt], subset: context)).steps)
            }
            return steps
        }
        let one: BenchOfCrowd = { bench.rights($0, equals: $1, subset: $2) }
        try await bench.give((0..<10).map { crowd.right($0, one) })
        let few = try measure()
        try await bench.give((10..<600).map { crowd.right($0, one) })
        let many = try measure()
        for (few, many) in zip(few, many) { #expect(many <= 2 * few, "\(few) \(many)") }
    }

    @Test func aNameIsFoundAmongMany() async throws {
        let bench = try await Bench()
        let wanted = bench.rights([.decrypt], equals: ["n": "3"])
        func measure() throws -> (result: Bool, steps: Int) {
            try bench.counting { key, snapshot in
                try Grant.twin(named: "name", of: key, bench.holders[0], nil, wanted, snapshot) != nil
            }
        }
        try await bench.give((0..<10).map { bench.rights([.decrypt], equals: ["n": "\($0)"]) }, name: "name")
        let few = try measure()
        try await bench.give((10..<600).map { bench.rights([.decrypt], equals: ["n": "\($0)"]) }, name: "name")
        let many = try measure()
        #expect(few.result && many.result && many.steps <= 2 * few.steps, "\(few) \(many)")
    }

    @Test func aHoldersAreListedAmongMany() async throws {
        let bench = try await Bench()
        func measure() throws -> (result: Int, steps: Int) {
            try bench.counting { key, snapshot in
                try Grant.list(of: key, to: "last", after: "", limit: 10, snapshot).count
            }
        }
        func give(_ count: Int) async throws {
            try await bench.give((0..<count).map { _ in bench.rights([.decrypt]) })
            try await bench.keys.store.write { transaction in
                try transaction.run(
                    "UPDATE kms_grant SET grantee = 'last' WHERE id IN (SELECT id FROM kms_grant ORDER BY id DESC LIMIT 2)"
                )
            }
        }
        try await give(10)
        let few = try measure()
        #expect(few.result == 2)
        try await give(600)
        let many = try measure()
        #expect(many.result <= 4 && many.steps <= 4 * few.steps, "\(few) \(many)")
    }

    /// Random grants of a small world, in which names differ in case, in kind and in form, against a look at each.
    @Test(arguments: 0..<8) func whatIsFoundIsWhatFits(_ seed: UInt64) async throws {
        var dice = GrantDice(seed)
        let bench = try await Bench()
        func rights() -> GrantRights {
            let context = dice.context(most: 3)
            return bench.rights(
                dice.operations(), equals: context.isEmpty || dice.isTrue() ? nil : context,
                subset: nil, by: Int.random(in: 0...1, using: &dice)
            ).orSubset(context)
        }
        let all = (0..<60).map { _ in rights() }
        try await bench.give(all)
        for _ in 0..<150 {
            let operation = dice.operations()[0].rawValue
            let use = try #require(GrantUse(operation, dice.context(most: 4)))
            let fitting = Set(all.filter(use.fits).map(\.issuer))
            let found = try bench.issuers(for: use).result
            #expect(Set(found) == fitting && found.count == fitting.count, "\(use)")
            let child = rights()
            let parents = Set(all.filter { $0.covers(child) }.map(\.issuer))
            #expect(try Set(bench.issuers(ofParentsOf: child).result) == parents, "\(child.text)")
        }
    }
}

extension GrantRights {
    /// Bound to a context by its pairs, unless it is bound already.
    fileprivate func orSubset(_ context: [String: String]) -> GrantRights {
        guard equals == nil else { return self }
        return GrantRights(operations, KMS.GrantConstraints(encryptionContextSubset: context), by: issuer)
    }
}

/// Chance, the same for the same seed.
private struct GrantDice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
    }

    mutating func isTrue() -> Bool { Bool.random(using: &self) }

    /// At least one.
    mutating func operations() -> [KMS.GrantOperation] {
        let all: [KMS.GrantOperation] = [.decrypt, .encrypt, .createGrant, .describeKey]
        let some = all.filter { _ in isTrue() }
        return some.isEmpty ? [.createGrant] : some.shuffled(using: &self)
    }

    /// Names that differ in more than case.
    mutating func context(most: Int) -> [String: String] {
        let names = [["a", "A"], ["k", "\u{212A}", "K"], ["\u{E9}", "\u{C9}"], ["e\u{301}"], ["a b"], [""], ["~"]]
        let values = ["1", "2", "", "\u{E9}", "~"]
        var context: [String: String] = [:]
        for group in names.shuffled(using: &self).prefix(Int.random(in: 0...most, using: &self)) {
            context[group.randomElement(using: &self) ?? ""] = values.randomElement(using: &self)
        }
        return context
    }
}

/// Defends the order in which grants lie: the next that a context meets is the next of all that it could.
@Suite struct GrantContextsTests {
    private let contexts: [[String: String]] = [
        [:], ["a": "1"], ["a": "1", "b": "22"], ["A": "1"], ["a": "caf\u{E9}"], ["a": "cafe\u{301}"], ["a": ""],
        ["\u{C4}": "1", "\u{E5}": "1"], ["\u{212A}": "1", "b": "1", "": "1"],
        ["a": "1", "b": "22", "c": "3", "d": "4"],
    ]

    private func rights(_ context: [String: String], isWhole: Bool) throws -> GrantRights {
        let constraints = KMS.GrantConstraints(
            encryptionContextSubset: isWhole ? nil : context, encryptionContextEquals: isWhole ? context : nil)
        return GrantRights([.decrypt], constraints, by: try #require(AccountID("111122223333")))
    }

    /// Every small context against every small constraint.
    @Test func everyGrantThatFitsIsMet() throws {
        for bound in contexts + [["k": "1"], ["\u{E4}": "1"], ["c": "3", "a": "1"]] {
            for grant in [try rights(bound, isWhole: true), try rights(bound, isWhole: false)] {
                for context in contexts + [["k": "1", "B": "1"], ["\u{E4}": "1", "\u{C5}": "1"]] {
                    let use = try #require(GrantUse("Decrypt", context))
                    guard use.fits(grant) else { continue }
                    #expect(
                        GrantContexts(within: context).first(from: grant.bound) == grant.bound, "\(bound) \(context)")
                }
            }
        }
    }

    @Test func theNextIsTheNextOfAll() throws {
        let places = try contexts.flatMap { context in
            try [true, false].flatMap { isWhole in
                let bound = try rights(context, isWhole: isWhole).bound
                return [bound, bound + "0", bound + "z", String(bound.dropLast()), String(bound.dropFirst())]
            }
        }
        for context in contexts {
            // All that it meets: of every choice of its pairs.
            var all = [try rights(context, isWhole: true).bound]
            let pairs = Array(context)
            for choice in 0..<(1 << pairs.count) {
                let some = pairs.indices.filter { choice & (1 << $0) != 0 }.map { (pairs[$0].key, pairs[$0].value) }
                all.append(try rights(Dictionary(uniqueKeysWithValues: some), isWhole: false).bound)
            }
            let met = GrantContexts(within: context)
            for place in places {
                let next = all.filter { !$0.utf8.lexicographicallyPrecedes(place.utf8) }
                    .min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                #expect(met.first(from: place) == next, "\(context) from \(place)")
            }
        }
    }

    /// Where a grant lies holds for as long as Unicode keeps to this: no other letter becomes plain ASCII.
    @Test func oneLetterAloneBecomesASCII() {
        for number in UInt32(0x80)...0x10FFFF {
            guard let scalar = Unicode.Scalar(number), scalar.properties.changesWhenLowercased else { continue }
            let isPlain = scalar.properties.lowercaseMapping.utf8.allSatisfy { $0 < 0x80 }
            #expect(isPlain == (scalar == "\u{212A}"))
        }
    }
}
