import AWS
import Authorization
import Door
import IAMService
import Journal
import KMSAPI
import KeyEngine
import KeyVault
import Storage
import Testing
import World

@testable import KMSService

/// Defends the keys that AWS manages: made once however many ask, with their record, and managed by nobody else.
@Suite struct KeysOfServicesTests {
    private let folder: DataFolder
    private let store: Store
    private let journal: Journal
    private let world: World
    private let keys = Keys(names: IAMPrincipals())
    private let service: KeysOfServices

    init() async throws {
        let clock = ManualClock(Instant(seconds: 1_700_000_000))
        world = World(
            clock: clock, entropy: SystemEntropy(), log: Log(level: .error, clock: clock, sink: { _ in }))
        folder = try DataFolder.temporary()
        store = try Store(
            in: folder, schema: IAMService.schemas + [Journal.schema, KMSService.schema], log: world.log)
        journal = try Journal(store, in: folder)
        _ = try await journal.start()
        let engine = try SoftwareKeyEngine(SoftwareKeyVault.ephemeral(), threads: 1)
        service = KeysOfServices(store, journal, keys, engine, world)
    }

    private func account() throws -> AccountID { try #require(AccountID("111122223333")) }

    @Test func manyThatAskAtOnceGetOneKey() async throws {
        let (service, account) = (service, try account())
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await service.key(for: "s3", of: account, in: .usEast1) } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(names.count == 1)
        let made = try store.read { snapshot in
            var made: [Entry] = []
            try Journal.scanBackwards(before: nil, snapshot) { _, entry in
                made.append(entry)
                return true
            }
            return made
        }
        #expect(made.map(\.name) == ["CreateKey"])
        #expect(String(decoding: made[0].record, as: UTF8.self).contains(#""eventType":"AwsServiceEvent""#))
    }

    @Test func theKeyIsManagedByAWSAndRotatesEveryYear() async throws {
        let account = try account()
        let arn = try await service.key(for: "ebs", of: account, in: .usEast1)
        let key = try #require(
            try store.read { snapshot in
                try keys.find(String(arn.suffix(36)), in: account, .usEast1, snapshot)
            })
        #expect(key.manager == .aws && key.aliases == ["alias/aws/ebs"] && key.arn == arn)
        #expect(key.rotationPeriod == 365 && key.nextRotation == world.clock.now() + .seconds(365 * 86_400))
        #expect(!key.policy.isBroken)
        #expect(key.policyText.contains(#""kms:ViaService" : "ec2.us-east-1.amazonaws.com""#))
        #expect(!key.policyText.contains("kms:*"))
    }

    @Test func eachAccountRegionAndServiceHasItsOwn() async throws {
        let (account, other) = (try account(), try #require(AccountID("444455556666")))
        let west = try #require(Region("us-west-2"))
        var names: Set<String> = []
        for (service, owner, region) in [
            ("s3", account, Region.usEast1), ("ssm", account, .usEast1), ("s3", other, .usEast1), ("s3", account, west),
        ] {
            names.insert(try await self.service.key(for: service, of: owner, in: region))
        }
        #expect(names.count == 4)
    }
}
