import AWS
import Door
import Foundation
import IAMAPI
import Journal
import STSAPI
import Scaffold
import Smithy
import Storage
import Testing
import World

/// Defends: a second factor is worth what it proves, once, and guessing it leads nowhere.
@Suite(.serialized) struct FactorTests {
    /// A house with a user, its key, and an app whose device is enabled.
    private final class Person: Sendable {
        let house: House
        let keys: Keys
        let app: Authenticator
        let serial: String
        let name: String

        init(_ house: House, _ name: String) async throws {
            (self.house, self.name) = (house, name)
            try await house.must(IAM.service, "CreateUser", ["UserName": .text(name)])
            let key = try await house.must(IAM.service, "CreateAccessKey", ["UserName": .text(name)])
            keys = Keys(id: try #require(key.text("AccessKeyId")), secret: try #require(key.text("SecretAccessKey")))
            let device = try await house.must(
                IAM.service, "CreateVirtualMFADevice", ["VirtualMFADeviceName": .text(name)])
            app = try #require(Authenticator(device))
            serial = try #require(device.text("SerialNumber"))
            try await house.must(
                IAM.service, "EnableMFADevice",
                ["UserName": .text(name), "SerialNumber": .text(serial)].merging(app.pair(house.clock.now(), -2)) { $1 }
            )
        }

        func may(_ document: Value) async throws {
            try await house.must(
                IAM.service, "PutUserPolicy",
                ["UserName": .text(name), "PolicyName": "given", "PolicyDocument": document])
        }

        func session(_ code: String? = nil, of serial: String? = nil) async throws -> Answer {
            var input: Input = [:]
            if let code { input = ["SerialNumber": .text(serial ?? self.serial), "TokenCode": .text(code)] }
            return try await house.call(STS.service, "GetSessionToken", input, as: keys)
        }

        /// The code of now, or of some steps later.
        func code(_ steps: Int64 = 0) -> String { app.code(house.clock.now(), steps) }
    }

    private static let everything: Value =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
    private static let onlyWithFactor: Value =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":"iam:ListUsers","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}"#

    private func keys(_ answer: Answer) throws -> Keys {
        try #require(answer.status == 200, "\(answer.body)")
        return Keys(
            id: try #require(answer.text("AccessKeyId")), secret: try #require(answer.text("SecretAccessKey")),
            token: answer.text("SessionToken"))
    }

    @Test func aCodeIsGoodOnce() async throws {
        let house = try await House()
        let ann = try await Person(house, "ann")
        let code = ann.code()
        #expect(try await ann.session(code).status == 200)
        let again = try await ann.session(code)
        #expect(again.code == "AccessDenied")
        #expect(again.message == "MultiFactorAuthentication failed with invalid MFA one time pass code.")
        // The one before it is gone with it, the one after it is still good.
        #expect(try await ann.session(ann.code(-1)).code == "AccessDenied")
        #expect(try await ann.session(ann.code(1)).status == 200)
    }

    @Test func twoWhoComeAtOnceWithOneCodeGetOneSession() async throws {
        let ann = try await Person(House(), "ann")
        let code = ann.code()
        let good = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await ann.session(code).status } }
            return try await group.reduce(into: 0) { $0 += $1 == 200 ? 1 : 0 }
        }
        #expect(good == 1)
    }

    @Test func onlyTheOwnersDeviceCounts() async throws {
        let house = try await House()
        let (ann, ben) = (try await Person(house, "ann"), try await Person(house, "ben"))
        #expect(try await ann.session(ben.code()).code == "AccessDenied")
        let foreign = try await ann.session(ben.code(), of: ben.serial)
        #expect(foreign.code == "AccessDenied")
        #expect(foreign.message?.contains("verify your MFA serial number is valid") == true)
        #expect(try await ben.session(ben.code()).status == 200)
        #expect(foreign.records.first?.json["requestParameters"] is NSNull)
    }

    @Test(arguments: [(-2, false), (-1, true), (0, true), (1, true), (2, false), (100, false)] as [(Int64, Bool)])
    func clocksMayDifferByAStep(_ steps: Int64, _ isGood: Bool) async throws {
        let ann = try await Person(House(), "ann")
        #expect(try await ann.session(ann.code()).status == 200)
        ann.house.clock.advance(by: .seconds(600))
        #expect(try await (ann.session(ann.code(steps)).status == 200) == isGood)
    }

    @Test func aClockThatDriftsIsFollowed() async throws {
        let ann = try await Person(House(), "ann")
        for late: Int64 in 1...5 {
            ann.house.clock.advance(by: .seconds(3600))
            #expect(try await ann.session(ann.code(-late)).status == 200, "\(late)")
        }
        ann.house.clock.advance(by: .seconds(3600))
        #expect(try await ann.session(ann.code(-7)).code == "AccessDenied")
        let twice: Input = ["UserName": "ann", "SerialNumber": .text(ann.serial)]
        try await ann.house.must(
            IAM.service, "ResyncMFADevice", twice.merging(ann.app.pair(ann.house.clock.now(), -20)) { $1 })
        ann.house.clock.advance(by: .seconds(3600))
        #expect(try await ann.session(ann.code(-19)).status == 200)
        let far = try await ann.house.call(
            IAM.service, "ResyncMFADevice", twice.merging(ann.app.pair(ann.house.clock.now(), 150)) { $1 },
            as: ann.house.root)
        #expect(far.code == "InvalidAuthenticationCode")
    }

    @Test func guessingIsLockedOutAndTheOwnerIsNot() async throws {
        let house = try await House()
        let (ann, ben) = (try await Person(house, "ann"), try await Person(house, "ben"))
        let wrong = ann.code(50)
        for _ in 0..<5 { #expect(try await ann.session(wrong).code == "AccessDenied") }
        let locked = try await ann.session(ann.code())
        #expect(locked.code == "AccessDenied")
        #expect(locked.message?.contains("too many wrong codes") == true)
        #expect(locked.records.first?.errorMessage?.contains("too many wrong codes") == true)
        #expect(try await ben.session(ben.code()).status == 200)
        // What comes during the lock neither lengthens it nor uses a code up.
        for _ in 0..<20 { _ = try await ann.session(wrong) }
        house.clock.advance(by: .seconds(60))
        #expect(try await ann.session(ann.code()).status == 200)
    }

    @Test func theLockGrowsButEnds() async throws {
        let ann = try await Person(House(), "ann")
        for _ in 0..<4 { _ = try await ann.session(ann.code(50)) }
        for seconds in [60, 120, 240, 480, 960, 1920, 3600, 3600] as [Int64] {
            #expect(try await ann.session(ann.code(50)).message?.contains("invalid MFA") == true)
            ann.house.clock.advance(by: .seconds(seconds - 1))
            #expect(try await ann.session(ann.code()).message?.contains("too many") == true, "\(seconds)")
            ann.house.clock.advance(by: .seconds(1))
        }
        #expect(try await ann.session(ann.code()).status == 200)
        // A right code begins the count anew.
        for _ in 0..<4 { _ = try await ann.session(ann.code(50)) }
        #expect(try await ann.session(ann.code(1)).status == 200)
    }

    @Test func twoCodesInARowOpenTheLock() async throws {
        let ann = try await Person(House(), "ann")
        for _ in 0..<5 { _ = try await ann.session(ann.code(50)) }
        try await ann.house.must(
            IAM.service, "ResyncMFADevice",
            ["UserName": "ann", "SerialNumber": .text(ann.serial)].merging(ann.app.pair(ann.house.clock.now(), 0)) {
                $1
            })
        #expect(try await ann.session(ann.code(2)).status == 200)
    }

    @Test func usedCodesAreNoGuesses() async throws {
        let ann = try await Person(House(), "ann")
        let code = ann.code()
        for _ in 0..<10 { _ = try await ann.session(code) }
        #expect(try await ann.session(ann.code(1)).status == 200)
    }

    @Test func theSessionProvesTheFactor() async throws {
        let ann = try await Person(House(), "ann")
        try await ann.may(Self.onlyWithFactor)
        let house = ann.house
        let group: Input = ["GroupName": "band"]
        // Long-term keys know nothing of a factor: BoolIfExists denies.
        #expect(try await house.call(IAM.service, "CreateGroup", group, as: ann.keys).code == "AccessDenied")
        let without = try keys(await ann.session())
        #expect(try await house.call(IAM.service, "CreateGroup", group, as: without).code == "InvalidClientTokenId")
        let with = try keys(await ann.session(ann.code()))
        let made = try await house.call(IAM.service, "CreateGroup", group, as: with)
        #expect(made.status == 200)
        let identity = try #require(made.records.first?.json["userIdentity"] as? [String: Any])
        #expect(identity["type"] as? String == "IAMUser")
        let context = try #require(identity["sessionContext"] as? [String: Any])
        #expect((context["attributes"] as? [String: String])?["mfaAuthenticated"] == "true")
    }

    @Test func theFactorAges() async throws {
        let ann = try await Person(House(), "ann")
        try await ann.may(
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}}]}"#
        )
        let with = try keys(await ann.session(ann.code()))
        ann.house.clock.advance(by: .seconds(299))
        #expect(try await ann.house.call(IAM.service, "ListUsers", as: with).status == 200)
        ann.house.clock.advance(by: .seconds(1))
        #expect(try await ann.house.call(IAM.service, "ListUsers", as: with).code == "AccessDenied")
    }

    @Test func whatSuchCredentialsMayNotCall() async throws {
        let ann = try await Person(House(), "ann")
        try await ann.may(Self.everything)
        let house = ann.house
        let with = try keys(await ann.session(ann.code()))
        let visitor = try keys(
            await house.call(
                STS.service, "GetFederationToken", ["Name": "visitor", "Policy": Self.everything], as: ann.keys))
        let decode: Input = ["EncodedMessage": "AAAA"]
        for (name, input) in [
            ("GetSessionToken", [:]), ("GetFederationToken", ["Name": "other"]), ("DecodeAuthorizationMessage", decode),
        ] as [(String, Input)] {
            for session in [with, visitor] {
                let answer = try await house.call(STS.service, name, input, as: session)
                #expect(answer.code == "AccessDenied")
                #expect(answer.message == "Cannot call \(name) with session credentials")
                #expect(answer.records.map(\.errorCode) == ["AccessDenied"])
            }
        }
        #expect(try await house.call(IAM.service, "ListUsers", as: visitor).code == "InvalidClientTokenId")
        #expect(try await house.call(IAM.service, "ListUsers", as: with).status == 200)
        for session in [with, visitor] {
            #expect(try await house.call(STS.service, "GetCallerIdentity", as: session).status == 200)
        }
    }

    @Test func eightDevicesAreTheMost() async throws {
        let house = try await House()
        let ann = try await Person(house, "ann")
        func enable(_ number: Int) async throws -> Answer {
            let device = try await house.must(
                IAM.service, "CreateVirtualMFADevice", ["VirtualMFADeviceName": .text("more\(number)")])
            let app = try #require(Authenticator(device))
            let serial = Value.text(try #require(device.text("SerialNumber")))
            return try await house.call(
                IAM.service, "EnableMFADevice",
                ["UserName": "ann", "SerialNumber": serial].merging(app.pair(house.clock.now(), -2)) { $1 },
                as: house.root)
        }
        for number in 2...8 { #expect(try await enable(number).status == 200) }
        let ninth = try await enable(9)
        #expect(ninth.code == "LimitExceeded")
        #expect(ninth.message == "Cannot exceed quota for MFADevicesPerUser: 8")
        #expect(try await ann.session(ann.code()).status == 200)
    }

    @Test func aNamesakeHasNoDevices() async throws {
        let house = try await House()
        let ann = try await Person(house, "ann")
        let user: Input = ["UserName": "ann"]
        try await house.must(
            IAM.service, "DeleteAccessKey", user.merging(["AccessKeyId": .text(ann.keys.id)]) { $1 })
        let conflict = try await house.call(IAM.service, "DeleteUser", user, as: house.root)
        #expect(conflict.code == "DeleteConflict")
        #expect(conflict.message == "Cannot delete entity, must remove tokens from principal first.")
        let device = user.merging(["SerialNumber": .text(ann.serial)]) { $1 }
        try await house.must(IAM.service, "DeactivateMFADevice", device)
        try await house.must(IAM.service, "DeleteUser", user)
        try await house.must(IAM.service, "CreateUser", user)
        #expect(try await house.must(IAM.service, "ListMFADevices", user).texts("SerialNumber").isEmpty)
        // The codes that were taken stay taken.
        let old = try await house.call(
            IAM.service, "EnableMFADevice", device.merging(ann.app.pair(house.clock.now(), -2)) { $1 }, as: house.root)
        #expect(old.code == "InvalidAuthenticationCode")
        try await house.must(
            IAM.service, "EnableMFADevice", device.merging(ann.app.pair(house.clock.now(), 0)) { $1 })
    }

    @Test func rootHasDevicesToo() async throws {
        let house = try await House()
        let device = try await house.must(
            IAM.service, "CreateVirtualMFADevice", ["VirtualMFADeviceName": "root-account-mfa-device"])
        let app = try #require(Authenticator(device))
        let serial = try #require(device.text("SerialNumber"))
        #expect(serial == "arn:aws:iam::111122223333:mfa/root-account-mfa-device")
        try await house.must(
            IAM.service, "EnableMFADevice",
            ["UserName": "111122223333", "SerialNumber": .text(serial)].merging(app.pair(house.clock.now(), -2)) { $1 })
        let listed = try await house.must(IAM.service, "ListVirtualMFADevices", ["AssignmentStatus": "Assigned"])
        #expect(listed.texts("Arn") == ["arn:aws:iam::111122223333:root"])
        #expect(try await house.must(IAM.service, "ListMFADevices").texts("SerialNumber") == [serial])
        let summary = try await house.must(IAM.service, "GetAccountSummary")
        #expect(summary.body.contains("<key>AccountMFAEnabled</key><value>1</value>"))
        let session = try await house.must(
            STS.service, "GetSessionToken",
            [
                "SerialNumber": .text(serial), "TokenCode": .text(app.code(house.clock.now())),
                "DurationSeconds": 129_600,
            ])
        // One hour at most, whatever was asked.
        #expect(session.text("Expiration") == "2026-01-02T04:04:05Z")
        let root = try keys(session)
        #expect(try await house.call(IAM.service, "ListUsers", as: root).status == 200)
        #expect(
            try await house.call(STS.service, "GetCallerIdentity", as: root).text("Arn")?.hasSuffix(":root") == true)
        try await house.must(
            IAM.service, "DeactivateMFADevice", ["UserName": "root", "SerialNumber": .text(serial)])
    }
}
