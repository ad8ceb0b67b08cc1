import Foundation
import IAMAPI
import STSAPI
import Scaffold
import Storage
import Testing
import World

/// Defends: what is kept of somebody who is gone goes too, and does not come again.
@Suite(.serialized) struct LeftoverTests {
    private func uses(of owner: String, _ house: House) throws -> Int64 {
        try house.store.read { try $0.number("SELECT count(*) FROM iam_access_use WHERE owner = ?", .text(owner)) }
    }

    private func uses(of keys: Keys, _ house: House) throws -> Int64 {
        try house.store.read { try $0.number("SELECT count(*) FROM iam_key_use WHERE key = ?", .text(keys.id)) }
    }

    private func isKept(_ task: String, _ house: House) throws -> Bool {
        try house.store.read { try $0.exists("SELECT 1 FROM iam_linked_role_deletion WHERE task = ?", .text(task)) }
    }

    @Test func usesOfTheDeletedAreNotKept() async throws {
        let house = try await House()
        let user = try await house.must(IAM.service, "CreateUser", ["UserName": "alice"])
        let id = try #require(user.text("UserId"))
        let made = try await house.must(IAM.service, "CreateAccessKey", ["UserName": "alice"])
        let keys = Keys(id: try #require(made.text("AccessKeyId")), secret: try #require(made.text("SecretAccessKey")))
        try await house.must(STS.service, "GetCallerIdentity", as: keys)
        try await house.observe()
        #expect(try uses(of: id, house) == 1)
        #expect(try uses(of: keys, house) == 1)
        try await house.must(STS.service, "GetCallerIdentity", as: keys)
        try await house.must(
            IAM.service, "DeleteAccessKey", ["UserName": "alice", "AccessKeyId": .text(keys.id)])
        try await house.must(IAM.service, "DeleteUser", ["UserName": "alice"])
        // The last call is observed only now.
        try await house.observe()
        #expect(try uses(of: id, house) == 0)
        #expect(try uses(of: keys, house) == 0)
        #expect(try uses(of: House.account, house) > 0)
    }

    @Test func deletionsAreToldOfForThirtyDays() async throws {
        let house = try await House()
        func delete() async throws -> String {
            try await house.must(IAM.service, "CreateServiceLinkedRole", ["AWSServiceName": "config.amazonaws.com"])
            let made = try await house.must(
                IAM.service, "DeleteServiceLinkedRole", ["RoleName": "AWSServiceRoleForConfig"])
            return try #require(made.text("DeletionTaskId"))
        }
        let first = try await delete()
        house.clock.advance(by: .seconds(29 * 86_400))
        let second = try await delete()
        #expect(try isKept(first, house))
        house.clock.advance(by: .seconds(2 * 86_400))
        _ = try await delete()
        #expect(try !isKept(first, house))
        #expect(try isKept(second, house))
    }
}
