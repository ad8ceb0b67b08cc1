import CloudTrailAPI
import Door
import HTTP
import IAMAPI
import Journal
import STSAPI
import Scaffold
import Smithy
import Storage
import Testing
import World

/// Defends: the product's promises about changes, records and when policies bite.
@Suite(.serialized) struct InvariantTests {
    @Test func everyCallHasOneRecordAndTheChainHolds() async throws {
        let stage = try await Stage()
        var calls = try stage.house.position()
        for grants in [false, true] {
            if grants {
                try await stage.grant([Statement()])
                calls += 1
            }
            for operation in OperationCase.all {
                #expect(try await stage.call(operation).records.count == 1, "\(operation)")
                calls += 1
            }
        }
        #expect(try stage.house.position() == calls)
        #expect(try stage.house.store.brokenLink() == nil)
        #expect(Set(try stage.house.records().map(\.entry.id)).count == Int(calls))
    }

    @Test func aRowChangedAfterwardsShows() async throws {
        let stage = try await Stage()
        try await stage.house.store.write { transaction in
            try transaction.run("UPDATE journal SET entry = zeroblob(40) WHERE position = 5")
        }
        #expect(try stage.house.store.brokenLink() == 5)
    }

    @Test func manyCallsAtOnceHaveARecordEach() async throws {
        let stage = try await Stage()
        let before = try stage.house.position()
        let statuses = await withTaskGroup(of: Int.self) { group in
            for number in 0..<60 {
                group.addTask {
                    let name = number % 3 == 0 ? "same" : "user\(number)"
                    let request = HouseRequest(IAM.service, "CreateUser", ["UserName": .text(name)])
                    let head = request.head(stage.house.root, at: House.start)
                    return (try? await stage.house.send(head, request.body).status) ?? 0
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(statuses == [200: 41, 409: 19])
        let records = try stage.house.records(after: before)
        #expect(records.count == 60)
        #expect(records.filter { $0.errorCode == nil }.count == 41)
        #expect(try stage.house.store.brokenLink() == nil)
    }

    @Test func withoutAStoreNothingSucceeds() async throws {
        let stage = try await Stage()
        stage.house.store.close()
        for operation in OperationCase.all {
            #expect(try await stage.call(operation, asRoot: true).status >= 500, "\(operation)")
        }
    }

    @Test func whatCannotBeRecordedIsNotDone() async throws {
        var options = StoreOptions()
        options.maximumPages = 400
        let stage = try await Stage(House(options))
        // Long requests fill the pages; then every call must fail, reads and refusals among them.
        let filler = Value.text(String(repeating: "x", count: 900))
        var status = 200
        for number in 0..<2000 where status == 200 {
            status = try await stage.house.call(
                IAM.service, "CreatePolicy",
                ["PolicyName": .text("p\(number)"), "PolicyDocument": .text(Stage.reading), "Description": filler],
                as: stage.house.root
            ).status
        }
        #expect(status == 503)
        let (state, position) = (try stage.house.state(), try stage.house.position())
        // A small record may still find room in a page begun before; a large one does not.
        let large = try await stage.house.call(
            IAM.service, "CreatePolicy",
            ["PolicyName": "last", "PolicyDocument": .text(Stage.reading), "Description": filler], as: stage.house.root)
        #expect(large.status == 503)
        #expect(large.code == "ServiceUnavailable")
        #expect(try stage.house.state() == state)
        #expect(try stage.house.position() - position <= 1)
        #expect(try stage.house.store.brokenLink() == nil)
    }

    @Test func whatCannotBeRecordedIsNotAnsweredEither() async throws {
        var options = StoreOptions()
        options.maximumPages = 400
        let stage = try await Stage(House(options))
        // Records of reads wait in the spool while the table is full, and are lost to nobody; then it is full too.
        let request = HouseRequest(
            CloudTrail.service, "LookupEvents",
            [
                "MaxResults": 1,
                "LookupAttributes": [
                    ["AttributeKey": "EventName", "AttributeValue": .text(String(repeating: "x", count: 2000))]
                ],
            ])
        let head = request.head(stage.house.root, at: House.start)
        var statuses: [Int] = []
        while statuses.last != 503, statuses.count < 5000 {
            statuses.append(await stage.house.front.answer(head, BufferedBody(request.body)).status)
        }
        #expect(statuses.last == 503)
        #expect(Set(statuses) == [200, 503])
        // Refusals are not told either.
        var denials: [Int] = []
        while denials.last != 503, denials.count < 50 {
            denials.append(
                try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status)
        }
        #expect(denials.last == 503)
        #expect(try stage.house.store.brokenLink() == nil)
    }

    @Test func nobodyCanBeDeniedToKnowWhoTheyAre() async throws {
        let stage = try await Stage()
        try await stage.grant([
            Statement(effect: "Deny", action: "*"), Statement(effect: "Deny", action: "sts:GetCallerIdentity"),
        ])
        let answer = try await stage.house.must(STS.service, "GetCallerIdentity", as: stage.caller)
        #expect(answer.text("Arn") == Stage.callerARN)
        #expect(answer.text("Account") == House.account)
    }

    @Test func policiesBiteOnTheNextCall() async throws {
        let stage = try await Stage()
        for _ in 0..<5 {
            try await stage.grant([Statement(action: "iam:ListUsers")])
            #expect(try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status == 200)
            try await stage.house.must(IAM.service, "DeleteUserPolicy", ["UserName": "caller", "PolicyName": "grant"])
            #expect(try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status == 403)
        }
    }

    @Test func groupsAndBoundariesBiteOnTheNextCall() async throws {
        let stage = try await Stage()
        try await stage.house.must(
            IAM.service, "AttachGroupPolicy",
            ["GroupName": "band", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"])
        let listing = { try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status }
        #expect(try await listing() == 403)
        try await stage.house.must(IAM.service, "AddUserToGroup", ["GroupName": "band", "UserName": "caller"])
        #expect(try await listing() == 200)
        try await stage.house.must(
            IAM.service, "PutUserPermissionsBoundary", ["UserName": "caller", "PermissionsBoundary": .text(Stage.bare)])
        let bounded = try await stage.house.call(IAM.service, "ListUsers", as: stage.caller)
        #expect(bounded.message?.hasSuffix("because no permissions boundary allows the iam:ListUsers action") == true)
        try await stage.house.must(IAM.service, "DeleteUserPermissionsBoundary", ["UserName": "caller"])
        #expect(try await listing() == 200)
        try await stage.house.must(IAM.service, "RemoveUserFromGroup", ["GroupName": "band", "UserName": "caller"])
        #expect(try await listing() == 403)
    }

    @Test func aVersionMadeDefaultBitesOnTheNextCall() async throws {
        let stage = try await Stage()
        try await stage.house.must(
            IAM.service, "AttachUserPolicy", ["UserName": "caller", "PolicyArn": .text(Stage.bare)])
        #expect(try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status == 403)
        let all: Value = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        try await stage.house.must(
            IAM.service, "CreatePolicyVersion",
            ["PolicyArn": .text(Stage.bare), "PolicyDocument": all, "SetAsDefault": true])
        #expect(try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status == 200)
        try await stage.house.must(
            IAM.service, "SetDefaultPolicyVersion", ["PolicyArn": .text(Stage.bare), "VersionId": "v1"])
        #expect(try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status == 403)
    }

    /// The policy is taken away and the call made while the writer is held: both fall into one commit.
    @Test func policiesBiteWithinOneCommit() async throws {
        let stage = try await Stage()
        try await stage.grant([Statement()])
        let hold = Hold(stage.house.store)
        async let revoked = stage.house.call(
            IAM.service, "DeleteUserPolicy", ["UserName": "caller", "PolicyName": "grant"], as: stage.house.root)
        await hold.whenWaiting(1)
        async let attempt = stage.house.call(IAM.service, "CreateUser", ["UserName": "late"], as: stage.caller)
        await hold.whenWaiting(2)
        hold.open()
        #expect(try await revoked.status == 200)
        #expect(try await attempt.status == 403)
        #expect(
            try await stage.house.call(IAM.service, "GetUser", ["UserName": "late"], as: stage.house.root).code
                == "NoSuchEntity")
    }

    /// A read that began before a change must not leave its old policies behind for reads after it.
    @Test func aSlowReadLeavesNothingOldBehind() async throws {
        let stage = try await Stage()
        try await stage.grant([Statement()])
        for _ in 0..<40 {
            try await stage.grant([Statement()])
            async let reads: [Int] = withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        (try? await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status) ?? 0
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            try await stage.house.must(IAM.service, "DeleteUserPolicy", ["UserName": "caller", "PolicyName": "grant"])
            #expect(try await stage.house.call(IAM.service, "ListUsers", as: stage.caller).status == 403)
            _ = await reads
        }
    }
}
