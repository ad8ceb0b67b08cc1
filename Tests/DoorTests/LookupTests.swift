import AWS
import CloudTrailAPI
import Foundation
import IAMAPI
import Journal
import Scaffold
import Storage
import Testing
import World

/// Defends: look-ups in a long journal answer by its index what they would answer without.
struct LookupTests {
    @Test func theIndexChangesNoAnswer() async throws {
        let house = try await House()
        let old = try await keyOfNewUser("old", house)
        try await house.must(IAM.service, "GetUser", as: old)
        try await fill(house, 2000)
        let young = try await keyOfNewUser("young", house)
        try await house.must(IAM.service, "GetUser", as: young)
        let before = try await answers(house, old, young)
        let index = JournalIndex()
        while case let additions = try house.store.read({ try index.next($0) }), !additions.isEmpty {
            for addition in additions { try await house.store.write { try index.add(addition, in: &$0) } }
        }
        #expect(try house.store.read { try $0.number("SELECT count(*) FROM journal_chapter") } >= 1)
        #expect(try await answers(house, old, young) == before)
        #expect(before.allSatisfy { !$0.isEmpty })
    }

    /// Many calls of somebody else.
    private func fill(_ house: House, _ count: Int) async throws {
        let account = house.account
        let journal = house.journal
        let now = house.clock.now()
        try await house.store.write { transaction in
            for number in 0..<count {
                let event = Event(
                    id: "fill-\(number)", time: now, account: account, region: .usEast1, source: "ec2.amazonaws.com",
                    name: "DescribeInstances", isReadOnly: true, category: .management,
                    identity: EventIdentity(principal: .root(account), accessKeyID: "AKIAFILL", session: nil),
                    sourceAddress: "198.51.100.7", userAgent: nil, requestID: "fill")
                try journal.append(event, in: &transaction)
            }
        }
    }

    private func keyOfNewUser(_ name: String, _ house: House) async throws -> Keys {
        try await house.must(IAM.service, "CreateUser", ["UserName": .text(name)])
        let document = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        try await house.must(
            IAM.service, "PutUserPolicy",
            ["UserName": .text(name), "PolicyName": "all", "PolicyDocument": .text(document)])
        let answer = try await house.must(IAM.service, "CreateAccessKey", ["UserName": .text(name)])
        return Keys(
            id: try #require(answer.text("AccessKeyId")), secret: try #require(answer.text("SecretAccessKey")))
    }

    /// What is found of each user, of a rare call and of the last use of each key; of a look-up for all, the last page.
    private func answers(_ house: House, _ old: Keys, _ young: Keys) async throws -> [[String]] {
        var all: [[String]] = []
        for (name, value) in [
            ("Username", "old"), ("Username", "young"), ("EventName", "CreateUser"), ("ResourceName", "old"),
            ("EventId", "fill-7"), ("EventSource", "ec2.amazonaws.com"), ("AccessKeyId", old.id),
        ] {
            let attribute: Value = [["AttributeKey": .text(name), "AttributeValue": .text(value)]]
            all.append(
                try await house.must(CloudTrail.service, "LookupEvents", ["LookupAttributes": attribute]).texts(
                    "EventId"))
        }
        for key in [old, young] {
            let answer = try await house.must(IAM.service, "GetAccessKeyLastUsed", ["AccessKeyId": .text(key.id)])
            all.append(["LastUsedDate", "ServiceName", "Region"].compactMap { answer.text($0) })
        }
        return all
    }
}
