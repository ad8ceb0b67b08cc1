import AWS
import Foundation
import HTTP
import IAMAPI
import IAMService
import Storage
import Testing
import World

@testable import Authentication
@testable import Door

/// Defends: a read that began before policies changed leaves nothing old behind for the reads after it.
struct RaceTests {
    /// A read during which, once its view is fixed, the caller's policies are taken away by somebody else.
    private struct OvertakenRead: Query {
        typealias Shape = IAM.ListUsers
        let store: Store

        func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID
        {
            _ = try snapshot.number("SELECT count(*) FROM iam_user")
            let done = DispatchSemaphore(value: 0)
            store.submit { transaction in
                try transaction.run("DELETE FROM iam_inline_policy WHERE name = 'grant'")
                transaction.touch(.identity)
            } done: { _ in
                done.signal()
            }
            done.wait()
            return try facts.signedAccount()
        }

        func access(_ input: Shape.Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
            .ask(Action("iam", "ListUsers"), on: "*", of: target)
        }

        func answer(_ input: Shape.Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot)
            throws -> Shape.Output
        {
            Shape.Output(users: [])
        }
    }

    @Test func anOvertakenReadLeavesNothingOldBehind() async throws {
        let stage = try await Stage()
        try await stage.grant([Statement(action: "iam:ListUsers")])
        let user = try await stage.house.must(IAM.service, "GetUser", ["UserName": "caller"])
        let principal = UserPrincipal(
            account: stage.house.account, name: "caller", path: "/", uniqueID: try #require(user.text("UserId")))
        let caller = Caller(
            principal: .user(principal), credential: nil, method: .header, signatureVersion: .version4, signed: nil,
            signatureAge: nil,
            signedHeaderList: [])
        let facts = RequestFacts(
            caller: caller, region: .usEast1, now: House.start, requestID: "request",
            head: RequestHead(
                raw: [], method: 0..<0, target: 0..<0, fields: [], isHTTP11: true,
                connection: ConnectionFacts(peerAddress: "198.51.100.7", isLoopback: false, localPort: 443, tls: nil)))
        _ = try await stage.house.gate.run(OvertakenRead(store: stage.house.store), IAM.ListUsers.Input(), facts)
        #expect(try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status == 403)
    }
}
