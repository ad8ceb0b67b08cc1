import AWS
import Door
import HTTP
import IAMAPI
import IAMService
import Journal
import Storage
import Testing
import World

/// Defends: an instance ends once, and one record tells of it, however many ask at the same time.
struct InstanceEndTests {
    @Test func theSecondEndIsNone() async throws {
        let house = try await House()
        try await house.must(IAM.service, "CreateInstanceProfile", ["InstanceProfileName": "app"])
        let run = try RunInstance(Array(#"{"profile":"app","region":"us-east-1"}"#.utf8), house.world.identifiers)
        let (account, now) = (house.account, house.clock.now())
        let instance = try await house.store.write { transaction in
            try run.perform(for: account, at: now, in: &transaction).instance
        }
        let head = RequestHead(
            raw: [], method: 0..<0, target: 0..<0, fields: [], isHTTP11: true,
            connection: ConnectionFacts(peerAddress: "127.0.0.1", isLoopback: true, localPort: 80, tls: nil))
        // As it was proved to both before either was done.
        let end = EndInstance(instance)
        func finish() async throws {
            try await house.front.perform(end, by: "ec2.amazonaws.com", of: account, in: .usEast1, for: head)
        }
        let before = try records(house)
        try await finish()
        await #expect(throws: Instance.Over.self) { try await finish() }
        #expect(try records(house) == before + 1)
    }

    private func records(_ house: House) throws -> Int64 {
        try house.store.read { try Journal.recordCount($0) }
    }
}
