import AWS
import AccessAnalyzerService
import Blobs
import CloudTrailAPI
import Crypto
import Door
import Foundation
import HTTP
import IAMAPI
import IAMService
import Journal
import KeyVault
import S3API
import S3Service
import STSAPI
import Scaffold
import Smithy
import Storage
import Testing
import World

/// What outlives a crash besides the data folder: the clock, the names still to be given, the vault and the root's keys.
struct Foundations: Sendable {
    let clock = ManualClock(Instant(milliseconds: 1_767_323_045_678))
    let world: World
    let vault = SoftwareKeyVault.ephemeral()
    let root: Keys
    let founding: Founding

    static let account = "111122223333"

    init(seed: UInt64) throws {
        let quiet = Log(level: .error, clock: clock, sink: { _ in })
        world = World(clock: clock, entropy: SeededEntropy(seed: seed), log: quiet)
        let (founding, secret) = try Founding.random(
            #require(AccountID(Foundations.account)), world.identifiers, KeySecrets(vault))
        (self.founding, root) = (founding, Keys(id: founding.accessKeyID, secret: secret))
    }
}

/// The whole server but for its sockets, on a data folder, put together as the real one is.
final class StormHouse: Sendable {
    let foundations: Foundations
    let folder: DataFolder
    let store: Store
    let journal: Journal
    let front: Front
    /// Where the next commit copies the folder to, as a crash right after it would leave it.
    let crashPath = Lock<String?>(nil)
    private let blobs: FileBlobStore
    private let pool = BlockingPool("storm-blobs", threads: 1)

    init(_ foundations: Foundations, at path: String) async throws {
        self.foundations = foundations
        let world = foundations.world
        folder = try DataFolder.open(path)
        store = try Store(
            in: folder,
            schema: IAMService.schemas + [
                Journal.schema, S3Service.schema,
                AccessAnalyzerService.schema,
            ],
            options: StormHouse.options, log: world.log)
        journal = try Journal(store, in: folder)
        _ = try await journal.start()
        var options = BlobOptions()
        options.synchronizes = false
        blobs = try FileBlobStore(folder: path, key: foundations.vault.derive(.blobs), pool: pool, options: options)
        front =
            Interior(
                of: [IAM.service, STS.service, CloudTrail.service, S3.service],
                beside: S3Service.operations(
                    world, blobs, ObjectCipher(keys: NoServiceKeys()), names: IAMPrincipals(),
                    factors: UserFactors(store, FactorSeeds(foundations.vault)), roles: Roles()),
                on: store, journal,
                foundations.vault, world
            ).front
        store.onCommit { [crashPath, folder] _ in
            guard let copy = crashPath.withLock({ path in path.take() }) else { return }
            Wreck.copy(folder.path, to: copy)
        }
        try await prepare()
    }

    private static var options: StoreOptions {
        var options = StoreOptions()
        options.reserveBytes = 0
        return options
    }

    /// The account, and what a crash left of contents that no object has.
    private func prepare() async throws {
        let (founding, secrets, now) = (
            foundations.founding, KeySecrets(foundations.vault), foundations.clock.now()
        )
        try await store.write { transaction in
            guard try transaction.number("SELECT count(*) FROM iam_account") == 0 else { return }
            try founding.write(secrets, now: now, in: &transaction)
        }
        _ = try await blobs.sweep { [store] id in
            try store.read { snapshot in try S3Service.isLive(id, snapshot) }
        }
    }

    func send(_ request: StormRequest) async throws -> Answer {
        try await Answer(front.answer(request.head, BufferedBody(request.body)))
    }

    func close() async {
        try? await journal.close()
        store.close()
        pool.close()
        folder.close()
        try? FileManager.default.removeItem(atPath: folder.path)
    }
}

/// There is no KMS in the storm.
private struct NoServiceKeys: ServiceKeys {
    func key(for service: String, of account: AccountID, in region: Region) async throws -> String {
        throw Failure.unavailable
    }

    func arn(
        named text: String, by account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> String? { nil }
}
