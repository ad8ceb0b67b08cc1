import AWS
import Authorization
import CloudTrailAPI
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

/// Defends: every decision is on record so that it can be made again exactly as it was, whatever has changed since.
@Suite(.serialized) struct DecisionRecordTests {
    private func past(_ record: Record, _ house: House) throws -> PastDecision? {
        try house.store.read { snapshot in try PastDecision(record.entry, in: snapshot) }
    }

    /// The decision of a call's first record.
    private func decided(_ answer: Answer, _ house: House) throws -> PastDecision? {
        let record = try #require(answer.records.first)
        return try past(record, house)
    }

    /// Whether each question is decided now as the record says.
    private func isAsThen(_ past: PastDecision) -> Bool { past.questions.allSatisfy(\.isAsThen) }

    @Test func everyOperationsDecisionIsRecorded() async throws {
        // Denied, allowed, and failed after the policies had allowed: with the questions that the operation asks.
        let stage = try await Stage()
        for operation in OperationCase.all
        where !operation.name.hasPrefix("Delete") && !operation.name.hasPrefix("Update") {
            // Its code is used up by the first of the two calls, and the second asks nothing.
            guard operation.name != "GetSessionToken" else { continue }
            try await operation.preparation?(stage.house)
            try await stage.grant([Statement(effect: "Deny", action: "ec2:*")])
            let denied = try #require(try await stage.call(operation).records.last, "\(operation)")
            try await stage.grant([Statement(condition: ["StringLike": ["aws:UserAgent": "door-*"]])])
            let allowed = try #require(try await stage.call(operation).records.last, "\(operation)")
            for (record, isDenied) in [(denied, !operation.asks.isEmpty), (allowed, false)] {
                let past = try #require(try past(record, stage.house), "\(operation)")
                #expect(past.isDenied == isDenied && isAsThen(past), "\(operation)")
                #expect(past.form == (operation.asks.isEmpty ? .signedIn : .asked))
                let asked = past.questions.map { $0.question.action.description }
                let expected = operation.asks.map(\.action)
                #expect(isDenied ? expected.starts(with: asked) : asked == expected, "\(operation)")
                #expect(record.json["decision"] == nil)
            }
        }
        let failed = try await stage.house.call(IAM.service, "GetUser", ["UserName": "nobody"], as: stage.caller)
        let past = try #require(try decided(failed, stage.house))
        #expect(failed.code == "NoSuchEntity" && !past.isDenied && isAsThen(past))
        let unread = try await stage.house.call(IAM.service, "GetUser", ["UserName": "?"], as: stage.caller)
        #expect(try decided(unread, stage.house) == nil)
    }

    @Test func randomCallsReplay() async throws {
        // Users and sessions under changing policies of every layer, keys from request, tags and clock: thousands of
        // decisions, each made again from its record after all the others.
        let stage = try await Stage()
        let house = stage.house
        var dice = Dice(state: 11)
        let keys = [
            "StringLike": ["aws:UserAgent": "door*", "aws:username": "c*"],
            "StringEquals": ["aws:PrincipalTag/who": "me"],
            "IpAddress": ["aws:SourceIp": "198.51.100.0/24"],
            "DateGreaterThan": ["aws:CurrentTime": "2026-01-02T00:00:00Z"],
            "StringNotEquals": ["aws:ResourceTag/guard": "on"], "Null": ["aws:MultiFactorAuthPresent": "true"],
            "ForAllValues:StringEquals": ["aws:TagKeys": "guard"],
        ]
        var records: [Record] = []
        for round in 0..<40 {
            let statements = (0...dice.below(3)).map { _ in
                let condition = keys.randomElement(using: &dice).map { [$0.key: $0.value] } ?? [:]
                return Statement(
                    effect: dice.isOne(of: 4) ? "Deny" : "Allow", action: dice.isOne(of: 2) ? "*" : "iam:Get*",
                    condition: dice.isOne(of: 2) ? condition : [:])
            }
            try await stage.grant(statements)
            for operation in OperationCase.all.shuffled(using: &dice).prefix(6) {
                records += try await stage.call(operation).records
            }
            house.clock.advance(by: .seconds(round))
        }
        #expect(records.count > 200)
        var outcomes: Set<Decision.Outcome> = []
        for record in records {
            guard let past = try past(record, house) else { continue }
            #expect(isAsThen(past), "\(record.name) \(record.errorMessage ?? "")")
            outcomes.formUnion(past.questions.map(\.outcome))
            _ = try house.explanation(of: record).lines
        }
        #expect(outcomes.count == 3)
        // No record of them all refers to policies that are not there.
        let findings = try house.store.read { snapshot in try PolicyArchive.verify(snapshot) }
        #expect(findings.bereft == nil && findings.damaged == 0 && findings.sets > 20)
    }

    @Test func callersOfEveryKindComeBack() async throws {
        // Root, a user with a path, and a session: the caller of the record is the caller of the question.
        let stage = try await Stage()
        let house = stage.house
        try await stage.grant([Statement()])
        let root = try await house.call(IAM.service, "ListUsers", as: house.root)
        let user = try await house.call(IAM.service, "ListUsers", as: stage.caller)
        let given = try await house.must(
            STS.service, "AssumeRole",
            [
                "RoleArn": .text(Stage.iam + "role/staff/worker"), "RoleSessionName": "shift",
                "Policy": .text(Stage.reading),
            ], as: stage.caller)
        let keys = Keys(
            id: try #require(given.text("AccessKeyId")), secret: try #require(given.text("SecretAccessKey")),
            token: given.text("SessionToken"))
        let session = try await house.call(IAM.service, "ListUsers", as: keys)
        var subjects: [Subject] = []
        for answer in [root, user, session] {
            let past = try #require(try decided(answer, house))
            #expect(isAsThen(past))
            subjects += past.questions.map(\.question.subject)
        }
        #expect(subjects.map(\.kind) == [.root, .user, .roleSession])
        #expect(subjects[1].arn == Stage.callerARN && subjects[1].uniqueID?.hasPrefix("AIDA") == true)
        #expect(subjects[2].arn == "arn:aws:sts::111122223333:assumed-role/worker/shift")
        #expect(subjects[2].parentARN == Stage.iam + "role/staff/worker")
        let past = try #require(try decided(session, house))
        #expect(past.questions[0].layer == .identity && past.questions[0].policies.session?.count == 1)
    }

    @Test func servicesOfEC2sKindSendAnEncodedMessage() async throws {
        // No such service is served yet: a stand-in for one is refused in EC2's words, with a message that STS decodes.
        let house = try await House(beside: [.change(StopInstances())])
        try await house.must(IAM.service, "CreateUser", ["UserName": "alice"])
        let key = try await house.must(IAM.service, "CreateAccessKey", ["UserName": "alice"])
        let alice = Keys(id: try #require(key.text("AccessKeyId")), secret: try #require(key.text("SecretAccessKey")))
        let answer = try await house.call(StopInstances.Shape.model.service, "StopInstances", as: alice)
        #expect(answer.status == 403 && answer.code == "UnauthorizedOperation")
        let head =
            "You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/alice is not authorized "
            + "to perform: ec2:StopInstances on resource: * because no identity-based policy allows the ec2:StopInstances "
            + "action. Encoded authorization failure message: "
        let message = try #require(answer.message)
        #expect(message.hasPrefix(head))
        let decoded = try await house.must(
            STS.service, "DecodeAuthorizationMessage", ["EncodedMessage": .text(String(message.dropFirst(head.count)))])
        let text = try #require(decoded.text("DecodedMessage"))
        #expect(
            text.hasPrefix(
                #"{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},"failures":{"items":[]},"context":{"principal":{"id":"AIDA"#
            ))
        #expect(text.contains(#""action":"ec2:StopInstances","resource":"*","conditions":{"items":["#))
    }
}

/// Seeded, so that a failure can be seen again.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        let mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        return (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB >> 3
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    mutating func isOne(of count: Int) -> Bool { below(count) == 0 }
}

/// A stand-in for an operation of EC2.
private struct StopInstances: Change {
    enum Shape: OperationShape {
        struct Nothing: Smithy.Shape {
            static let schema = Schema("Nothing", "")
            mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {
                throw .unknownMember("Nothing")
            }
            func put<E: ShapeEncoder>(_ encoder: inout E) {}
        }
        typealias Input = Nothing
        typealias Output = Nothing
        static let model = OperationModel("StopInstances", of: service)
        private static let service = ServiceModel(
            name: "ec2", serviceID: "EC2", wireProtocol: .ec2, jsonVersion: "", apiVersion: "2016-11-15",
            endpointPrefix: "ec2", signingName: "ec2", targetPrefix: "",
            xmlNamespace: "http://ec2.amazonaws.com/doc/2016-11-15/", catalogue: "StopInstances")
    }

    func resolve(_ input: Shape.Nothing, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Shape.Nothing, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("ec2", "StopInstances"), on: "*", of: target)
    }

    func perform(
        _ input: Shape.Nothing, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Shape.Nothing { Shape.Nothing() }
}
