import AWS
import Foundation
import IAMAPI
import Journal
import Scaffold
import Storage
import Testing
import World

@testable import Authentication
@testable import Door

/// Defends: who owns what a foreign caller changes has a record of it, and only of what was done.
struct ForeignChangeTests {
    /// A change of what other accounts own.
    private struct SharedChange: Change {
        typealias Shape = IAM.DeleteGroup
        let owners: [AccountID]
        var fails = false

        func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID
        {
            try facts.signedAccount()
        }

        func access(_ input: Shape.Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
            .signedIn(reason: "the test is about the record")
        }

        func perform(
            _ input: Shape.Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
        ) throws -> Shape.Output {
            if fails { throw IAM.NoSuchEntityException(message: "none") }
            return Shape.Output()
        }

        func recording(_ input: Shape.Input, of target: AccountID?, _ facts: RequestFacts) -> Recording {
            var recording = Recording()
            recording.sharedWith = owners
            return recording
        }
    }

    private func account(_ text: String) throws -> AccountID { try #require(AccountID(text)) }

    /// The records of the change: who receives each, and the id that they share.
    private func records(of change: SharedChange) async throws -> [(account: String, shared: String?, id: String?)] {
        let house = try await House()
        _ = try? await house.gate.run(change, IAM.DeleteGroup.Input(groupName: "g"), house.factsOfRoot)
        return try house.store.entries().map { _, entry in
            let json = try JSONSerialization.jsonObject(with: Data(entry.record)) as? [String: Any]
            return (entry.account, json?["sharedEventID"] as? String, json?["eventID"] as? String)
        }
    }

    @Test func bothAccountsHaveARecord() async throws {
        let found = try await records(of: SharedChange(owners: [account("210987654321")]))
        try #require(found.map(\.account) == [House.account, "210987654321"])
        #expect(found[0].shared != nil && found[0].shared == found[1].shared && found[0].id != found[1].id)
    }

    @Test func twoOwnersHaveOneEach() async throws {
        let owners = [try account("210987654321"), try account("444455556666")]
        let found = try await records(of: SharedChange(owners: owners))
        #expect(found.map(\.account) == [House.account] + owners.map(\.description))
        #expect(Set(found.map(\.shared)).count == 1 && Set(found.map(\.id)).count == 3)
    }

    @Test func nobodyIsToldTwice() async throws {
        let own = try await records(of: SharedChange(owners: [account(House.account)]))
        #expect(own.map(\.account) == [House.account] && own[0].shared == nil)
        let other = try account("210987654321")
        #expect(try await records(of: SharedChange(owners: [other, other])).count == 2)
        #expect(try await records(of: SharedChange(owners: [account(House.account), other])).count == 2)
    }

    @Test func whatFailedIsToldTheCallersAccountAlone() async throws {
        let found = try await records(of: SharedChange(owners: [account("210987654321")], fails: true))
        #expect(found.map(\.account) == [House.account] && found[0].shared == nil)
    }
}
