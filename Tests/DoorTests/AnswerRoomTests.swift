import Authentication
import HTTP
import IAMAPI
import Journal
import Scaffold
import Smithy
import Testing
import World

@testable import Door

/// Defends the memory against answers of megabytes that nobody reads.
@Suite struct AnswerRoomTests {
    private static let mega = 1 << 20

    /// Metadata whose answer is of more than two megabytes, in a form of less than two.
    private static let metadata =
        OperationCase.metadata + "<!-- " + String(repeating: "\"", count: 400_000) + " -->"

    private func provider(_ stage: Stage) async throws -> HouseRequest {
        let made = try await stage.house.must(
            IAM.service, "CreateSAMLProvider",
            ["Name": "quoted", "SAMLMetadataDocument": .text(AnswerRoomTests.metadata)])
        let arn = try #require(made.text("SAMLProviderArn"))
        return HouseRequest(IAM.service, "GetSAMLProvider", ["SAMLProviderArn": .text(arn)])
    }

    private func answer(_ request: HouseRequest, _ stage: Stage) async -> Response {
        await stage.house.front.answer(
            request.head(stage.house.root, at: House.start), BufferedBody(request.body))
    }

    @Test func aLongAnswerCountsUntilItHasLeft() async throws {
        let stage = try await Stage()
        let (request, answers) = (try await provider(stage), stage.house.gate.answers)
        var response: Response? = await answer(request, stage)
        guard case .stream(let length, let stream)? = response?.body else {
            Issue.record("not streamed")
            return
        }
        #expect(answers.inUse > 400_000 * 6 - AnswerRoomTests.mega)
        var text: [UInt8] = []
        while let piece = try await stream.next() { text += piece }
        #expect(length == Int64(text.count))
        let whole = String(decoding: text, as: UTF8.self)
        #expect(
            whole.contains(String(repeating: "&quot;", count: 400_000)) && whole.hasSuffix("</GetSAMLProviderResponse>")
        )
        response = nil
    }

    @Test func whereThereIsNoRoomTheCallFailsAndIsRecordedSo() async throws {
        let stage = try await Stage()
        let (request, answers) = (try await provider(stage), stage.house.gate.answers)
        #expect(answers.inUse == 0)
        #expect(answers.add(64 << 20, for: [.key(stage.house.root.id)]))
        try await stage.house.journal.settle()
        let before = try stage.house.records().count
        let refused = Answer(await answer(request, stage), records: [])
        #expect(refused.status == 503 && refused.code == "ServiceUnavailable")
        try await stage.house.journal.settle()
        let records = try stage.house.records()
        #expect(records.count == before + 1 && records.last?.errorCode == "ServiceUnavailable")
        answers.remove(64 << 20, for: [.key(stage.house.root.id)])
        let status = await answer(request, stage).status
        #expect(status == 200 && answers.inUse == 0)
    }

    @Test func eachHasAShare() throws {
        let answers = AnswerRoom.shared()
        #expect(answers.add(64 << 20, for: [.address("a"), .key("1")]))
        #expect(!answers.add(1, for: [.address("a"), .key("2")]))
        #expect(!answers.add(1, for: [.address("b"), .key("1")]))
        #expect(answers.add(64 << 20, for: [.address("b"), .key("2")]))
        #expect(!answers.add(1, for: [.address("c"), .key("3")]))
        answers.remove(64 << 20, for: [.address("a"), .key("1")])
        #expect(answers.add(1, for: [.address("c"), .key("3")]))
        #expect(answers.inUse == (64 << 20) + 1)
    }

    /// A part counts what is beyond its free bytes, once, and gives back what it took.
    @Test func aPartGivesBackWhatItTook() {
        let room = SharedRoom(.init(all: 100, address: 60, key: 60, strangers: 40))
        let connection = ConnectionFacts(peerAddress: "192.0.2.1", isLoopback: false, localPort: 443, tls: nil)
        var parts = [
            RoomPart(of: room, for: connection, key: "K", free: 10),
            RoomPart(of: room, for: connection, key: nil, free: 0),
        ]
        #expect(parts[0].take(10) && !parts[0].isTaken && room.inUse == 0 && room.holders == 0)
        #expect(parts[0].take(60) && parts[0].isTaken && room.inUse == 50)
        #expect(!parts[1].take(11) && room.inUse == 50)
        #expect(parts[0].take(20) && room.inUse == 10)
        #expect(!parts[1].take(41) && parts[1].take(40) && room.inUse == 50 && room.holders == 3)
        parts.removeFirst()
        #expect(room.inUse == 40 && room.holders == 2)
        parts = []
        #expect(room.inUse == 0 && room.holders == 0)
    }
}
