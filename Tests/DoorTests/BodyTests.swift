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
        /// All that one address may hold, in bodies of one key that count two MiB each.
        func fill(from address: String) throws -> [BodyRoom] {
            try (0..<24).map { _ in
                let room = BodyRoom(in: front.bodies, for: connection(address), by: .named(address))
                try room.grow(to: (2 << 20) + (16 << 10))
                return room
            }
        }
        var others = try (1...4).map { try fill(from: "192.0.2.\($0)") }
        let refused = await answer(long)
        #expect(refused.status == 503 && refused.code == "ServiceUnavailable")
        #expect(await answer(short).status == 200)
        others.removeLast()
        #expect(await answer(long).code == "ValidationError")
        // The address that the requests of this test come from.
        others.append(try fill(from: "198.51.100.7"))
        #expect(await answer(long).status == 503)
        others = []
        #expect(await answer(long).code == "ValidationError")
        #expect(front.bodies.inUse == 0 && front.bodies.holders == 0)
    }

    private func connection(_ address: String) -> ConnectionFacts {
        ConnectionFacts(peerAddress: address, isLoopback: false, localPort: 443, tls: nil)
    }

    @Test func whatIsTakenIsCountedOnce() throws {
        let budget = BodyBudget(bytes: 100, share: 100, free: 10)
        var room: BodyRoom? = BodyRoom(in: budget, for: connection("192.0.2.1"))
        let other = BodyRoom(in: budget, for: connection("192.0.2.1"))
        try room?.grow(to: 10)
        #expect(budget.inUse == 0 && budget.holders == 0)
        try room?.grow(to: 60)
        try room?.grow(to: 110)
        #expect(budget.inUse == 100 && budget.holders == 2)
        #expect(throws: BodiesFull.self) { try other.grow(to: 11) }
        #expect(throws: BodiesFull.self) { try room?.grow(to: 111) }
        try other.grow(to: 9)
        #expect(budget.inUse == 100)
        room = nil
        #expect(budget.inUse == 0 && budget.holders == 0)
        try other.grow(to: 11)
        #expect(budget.inUse == 1)
    }

    /// Whoever sends a few long bodies leaves the room of all others alone.
    @Test func longBodiesHaveARoomOfTheirOwn() throws {
        let (budget, longest) = (BodyBudget(free: 0), 32 << 20)
        let rooms = (1...3).map { BodyRoom(in: budget, for: connection("192.0.2.\($0)"), by: .named("K\($0)")) }
        let same = BodyRoom(in: budget, for: connection("192.0.2.1"), by: .named("K4"))
        for room in rooms.prefix(2) { try room.grow(to: longest + (2 << 20)) }
        for room in [rooms[2], same] {
            #expect(throws: BodiesFull.self) { try room.grow(to: (2 << 20) + 1) }
            try room.grow(to: 2 << 20)
        }
        #expect(budget.inUse == 8 << 20)
    }

    @Test func aLongBodyGivesItsRoomBack() throws {
        let budget = BodyBudget(free: 0)
        for _ in 0..<9 {
            let room = BodyRoom(in: budget, for: connection("192.0.2.1"))
            try room.grow(to: 1 << 20)
            try room.grow(to: 20 << 20)
        }
        #expect(budget.inUse == 0 && budget.holders == 0)
    }

    /// IPv6 addresses of one customer are one.
    @Test func oneAddressHasAShareAndTheOthersTheRest() throws {
        let budget = BodyBudget(bytes: 100, share: 30, free: 0)
        let one = BodyRoom(in: budget, for: connection("2001:db8:0:1::1"))
        let same = BodyRoom(in: budget, for: connection("2001:db8:0:1:ffff::9"))
        let other = BodyRoom(in: budget, for: connection("2001:db8:0:2::1"))
        try one.grow(to: 20)
        #expect(throws: BodiesFull.self) { try same.grow(to: 11) }
        try same.grow(to: 10)
        #expect(throws: BodiesFull.self) { try one.grow(to: 21) }
        try other.grow(to: 30)
        #expect(budget.inUse == 60 && budget.holders == 3)
        // A usual document has always room, and no share is more than all.
        #expect(BodyBudget(bytes: 4 << 20).share == 2 << 20)
        #expect(BodyBudget().share == 48 << 20 && BodyBudget(bytes: 10).share == 10)
    }

    /// Rooms of two MiB until one is refused.
    private func fill(_ budget: BodyBudget, from address: (Int) -> String, by sender: BodySender) -> [BodyRoom] {
        var rooms: [BodyRoom] = []
        while rooms.count < 1000 {
            let room = BodyRoom(in: budget, for: connection(address(rooms.count)), by: sender)
            do { try room.grow(to: (2 << 20) + budget.free) } catch { return rooms }
            rooms.append(room)
        }
        return rooms
    }

    /// However many addresses they have, those who name no key, and those who name the same one, leave a half to the others.
    @Test func manyAddressesDoNotFillTheRoom() throws {
        for sender in [BodySender.stranger, .named("AKIDONE")] {
            let budget = BodyBudget(free: 0)
            let rooms = fill(budget, from: { "192.0.2.\($0)" }, by: sender)
            #expect(rooms.count == 48 && budget.inUse == 96 << 20)
            try BodyRoom(in: budget, for: connection("198.51.100.1"), by: .named("AKIDTWO")).grow(to: 2 << 20)
            // Both together take all; what was taken is all given back.
            let others = fill(budget, from: { "198.51.100.\($0)" }, by: .named("AKIDTWO"))
            #expect(budget.inUse == 192 << 20 && others.count == 48)
        }
    }

    /// A signature that the head alone proves is proved before the body is read, and its body has room with those of S3.
    @Test func whoeverProvesHisSignatureByTheHeadIsNoStranger() async throws {
        let stage = try await Stage()
        let front = stage.house.front
        var call = HouseRequest(IAM.service, "GetUser", ["UserName": .text(String(repeating: "x", count: 40_000))])
        func answer(_ request: HouseRequest, _ keys: Keys) async -> Answer {
            Answer(await front.answer(request.head(keys, at: House.start), SlowBody(request.body)), records: [])
        }
        let all = (1...4).map { address in
            fill(front.bodies, from: { _ in "192.0.2.\(address)" }, by: .named("\(address)"))
        }
        #expect(await answer(call, stage.house.root).code == "ServiceUnavailable")
        call.tellsHash = true
        #expect(await answer(call, stage.house.root).code == "ValidationError")
        let forged = Keys(id: stage.house.root.id, secret: "nobody's")
        #expect(await answer(call, forged).code == "ServiceUnavailable")
        #expect(front.provedBodies.inUse == 0)
        withExtendedLifetime(all) {}
    }

    /// What is promised by the head is not believed: the body has to have that hash.
    @Test func aProvedHeadAllowsNoOtherBody() async throws {
        let stage = try await Stage()
        var call = HouseRequest(IAM.service, "GetUser", [:])
        call.tellsHash = true
        let other = HouseRequest(IAM.service, "ListUsers", [:])
        let head = call.head(stage.house.root, at: House.start)
        let refused = Answer(await stage.house.front.answer(head, SlowBody(other.body)), records: [])
        #expect(refused.code == "SignatureDoesNotMatch")
    }

    @Test func aBodyThatIsTooSlowIsToldInTheServicesWords() async throws {
        let stage = try await Stage()
        let call = HouseRequest(IAM.service, "GetUser", [:])
        let head = call.head(stage.house.root, at: House.start)
        let answer = Answer(await stage.house.front.answer(head, LateBody()), records: [])
        #expect(answer.status == 408 && answer.code == "RequestTimeoutException")
    }

    private struct LateBody: RequestBody {
        let declaredLength: Int64? = 100
        func next() async throws -> [UInt8]? { throw RequestBodyError.tooSlow }
    }
}
