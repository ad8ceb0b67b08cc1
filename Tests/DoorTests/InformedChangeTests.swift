@_spi(Declared) import AWS
import Authorization
import IAMAPI
import Scaffold
import Storage
import Testing
import World

@testable import Authentication
@testable import Door

/// Defends: what takes long to find is searched only where a policy asks for it, and then decides.
struct InformedChangeTests {
    /// A change that a policy may bind to a number, which is 90 as far as is known without a search.
    private struct Searching: InformedChange {
        typealias Shape = IAM.DeleteGroup
        let policy: String
        let found: Int
        let searches = Lock(0)
        let changes = Lock(0)

        struct Found: Sendable { let number: Int }

        func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID
        {
            try facts.signedAccount()
        }

        func inform(_ input: Shape.Input, for facts: RequestFacts) async throws -> RequestFacts {
            searches.withLock { $0 += 1 }
            return facts.showing(Found(number: found))
        }

        func access(_ input: Shape.Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
            let key = SingleValuedKey("kms:TrailingDaysWithoutKeyUsage")
            let entry =
                (facts.evidence as? Lookout).map { ConditionEntry(key, WatchedValue("90", seenBy: $0)) }
                ?? ConditionEntry(key, String((facts.evidence as? Found)?.number ?? 0))
            return .ask(
                Ask(
                    Action("kms", "DisableKey"), on: "arn:aws:kms:us-east-1:\(target):key/k", of: target,
                    side: ResourceSide(policy: CompiledPolicy(stored: Array(policy.utf8), as: .keyPolicy)),
                    keys: [entry]))
        }

        func perform(
            _ input: Shape.Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
        ) throws -> Shape.Output {
            changes.withLock { $0 += 1 }
            return Shape.Output()
        }
    }

    /// How often was searched, and whether the change was made.
    private func run(_ effect: String, _ condition: String, found: Int) async throws -> (searches: Int, isDone: Bool) {
        let house = try await House()
        let policy = """
            {"Version":"2012-10-17","Statement":[{"Effect":"\(effect)","Principal":"*","Action":"kms:DisableKey",\
            "Resource":"*","Condition":\(condition)}]}
            """
        let change = Searching(policy: policy, found: found)
        do {
            _ = try await house.gate.run(change, informing: IAM.DeleteGroup.Input(groupName: "g"), house.factsOfRoot)
        } catch is AccessDenied {}
        return (change.searches.withLock { $0 }, change.changes.withLock { $0 } == 1)
    }

    @Test func whereNoPolicyAsksNothingIsSearched() async throws {
        let other = #"{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}"#
        #expect(try await run("Deny", other, found: 3) == (0, true))
        let every = #"{"Bool":{"aws:SecureTransport":"false"}}"#
        #expect(try await run("Deny", every, found: 3) == (0, false))
    }

    @Test func whereOneAsksWhatWasFoundDecides() async throws {
        let lately = #"{"NumericLessThan":{"kms:TrailingDaysWithoutKeyUsage":"30"}}"#
        #expect(try await run("Deny", lately, found: 3) == (1, false))
        #expect(try await run("Deny", lately, found: 31) == (1, true))
        let long = #"{"NumericGreaterThan":{"kms:TrailingDaysWithoutKeyUsage":"80"}}"#
        #expect(try await run("Deny", long, found: 3) == (1, true), "denied before the search, and not after")
    }
}
