import CloudTrailAPI
import HTTP
import IAMAPI
import STSAPI
import Scaffold
import Smithy
import Testing
import World

@testable import Door

/// Defends the memory against bodies: of nobody none is read, and of all together no more than there is room for.
@Suite struct BodyTests {
    /// Comes in two pieces, and counts how often it is asked.
    private final class SlowBody: RequestBody {
        let declaredLength: Int64?
        private let pieces: Lock<[[UInt8]]>
        let asked = Lock(0)

        init(_ bytes: [UInt8]) {
            declaredLength = Int64(bytes.count)
            pieces = Lock([Array(bytes.dropFirst(bytes.count / 2)), Array(bytes.prefix(bytes.count / 2))])
        }

        func next() async throws -> [UInt8]? {
            asked.withLock { $0 += 1 }
            return pieces.withLock { $0.popLast() }
        }
    }

    @Test func whoTheHeadShowsToBeNobodyIsRefusedBeforeHisBodyIsRead() async throws {
        let stage = try await Stage()
        let stranger = Keys(id: "AKIAIOSFODNN7EXAMPLE", secret: "nobody's")
        for (service, name, keys, code) in [
            (IAM.service, "GetUser", stranger, "InvalidClientTokenId"),
            (CloudTrail.service, "LookupEvents", nil, "MissingAuthenticationTokenException"),
        ] as [(ServiceModel, String, Keys?, String)] {
            let request = HouseRequest(service, name, [:])
            let body = SlowBody(request.body)
            let head = request.head(keys, at: House.start)
            let early = Answer(await stage.house.front.answer(head, body), records: [])
            #expect(early.code == code && body.asked.withLock { $0 } == 0)
        }
        // Who signs nothing may still ask for what needs no signature: the body says what that is.
        let request = HouseRequest(STS.service, "AssumeRoleWithWebIdentity", [:])
        let body = SlowBody(request.body)
        _ = await stage.house.front.answer(request.head(nil, at: House.start), body)
        #expect(body.asked.withLock { $0 } == 3)
    }

    @Test func bodiesTogetherHaveALimitWhichShortOnesDoNotMeet() async throws {
        let stage = try await Stage()
        let front = stage.house.front
        let long = HouseRequest(IAM.service, "GetUser", ["UserName": .text(String(repeating: "x", count: 40_000))])
        let short = HouseRequest(IAM.service, "GetUser", [:])
        func answer(_ request: HouseRequest) async -> Answer {
            let head = request.head(stage.house.root, at: House.start)
            return Answer(await front.answer(head, SlowBody(request.body)), records: [])
        }
        let held = try front.bodies.grow(to: (192 << 20) + (16 << 10), from: 0)
        let refused = await answer(long)
        #expect(refused.status == 503 && refused.code == "ServiceUnavailable")
        #expect(await answer(short).status == 200)
        front.bodies.release(held)
        #expect(await answer(long).code == "ValidationError")
        #expect(front.bodies.inUse == 0)
    }

    @Test func whatIsTakenIsCountedOnce() throws {
        let budget = BodyBudget(bytes: 100, free: 10)
        var counted = try budget.grow(to: 10, from: 0)
        #expect(counted == 0 && budget.inUse == 0)
        counted = try budget.grow(to: 60, from: counted)
        counted = try budget.grow(to: 110, from: counted)
        #expect(counted == 100 && budget.inUse == 100)
        #expect(throws: BodiesFull.self) { try budget.grow(to: 11, from: 0) }
        #expect(throws: BodiesFull.self) { try budget.grow(to: 111, from: 100) }
        #expect(try budget.grow(to: 9, from: 0) == 0)
        budget.release(counted)
        #expect(budget.inUse == 0)
    }
}
