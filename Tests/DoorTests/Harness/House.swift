import AWS
import AccessAnalyzerAPI
import AccessAnalyzerService
import CloudTrailAPI
import Crypto
import Door
import Foundation
import Formats
import HTTP
import IAMAPI
import IAMService
import Journal
import KeyVault
import STSAPI
import Scaffold
import Smithy
import Storage
import Testing
import World

/// The whole server but for its sockets, in memory, put together as the real one is. Its clock stands still.
final class House: Sendable {
    let clock: ManualClock
    let world: World
    let store: Store
    let journal: Journal
    let front: Front
    let gate: Gate
    let operations: [AnyOperation]
    let messages: AuthorizationMessages
    let account: AccountID
    /// Everything that was ever told only once: no record and no log line may hold it.
    let secrets = Lock<Set<String>>([])
    let logged: Lock<[String]>
    let root: Keys
    private let folder: DataFolder

    static let account = "111122223333"
    /// 2026-01-02T03:04:05.678Z.
    static let start = Instant(milliseconds: 1_767_323_045_678)

    /// - Parameter more: operations of services that are not served yet.
    init(
        _ options: StoreOptions = StoreOptions(), extraAccount: Founding? = nil, beside more: [AnyOperation] = []
    ) async throws {
        let lines = Lock<[String]>([])
        let clock = ManualClock(House.start)
        let log = Log(level: .debug, clock: clock) { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        let world = World(clock: clock, entropy: SeededEntropy(seed: 7), log: log)
        folder = try .temporary()
        let vault = SoftwareKeyVault.ephemeral()
        let store = try Store(
            in: folder,
            schema: [
                Journal.schema, IAMService.schema, IAMService.recordsSchema, IAMService.factorSchema,
                IAMService.federationSchema,
                AccessAnalyzerService.schema,
            ],
            options: options,
            log: log)
        let journal = try Journal(store, in: folder)
        _ = try await journal.start()
        let sealer = KeySecrets(vault)
        let account = try #require(AccountID(House.account))
        let (founding, secret) = try Founding.random(account, world.identifiers, sealer)
        let now = clock.now()
        try await store.write { transaction in
            try founding.write(sealer, now: now, in: &transaction)
            try extraAccount?.write(sealer, now: now, in: &transaction)
        }
        let interior = Interior(
            of: House.services + more.map(\.model.service), beside: more, on: store, journal, vault, world)
        (gate, operations, front) = (interior.gate, interior.operations, interior.front)
        messages = interior.messages
        root = Keys(id: founding.accessKeyID, secret: secret)
        (self.clock, self.world, self.store, self.journal, self.account) = (clock, world, store, journal, account)
        logged = lines
        secrets.withLock { $0 = [secret] }
    }

    deinit {
        store.close()
        folder.close()
    }

    static let services: [ServiceModel] = [IAM.service, STS.service, CloudTrail.service, AccessAnalyzer.service]

    /// Makes a call and returns its answer, with the records that were written meanwhile.
    func call(
        _ service: ServiceModel, _ operation: String, _ input: Input = [:], as keys: Keys?, region: String = "us-east-1"
    ) async throws -> Answer {
        let request = HouseRequest(service, operation, input, region: region)
        return try await send(request.head(keys, at: clock.wallTime()), request.body)
    }

    func send(_ head: RequestHead, _ body: [UInt8]) async throws -> Answer {
        let before = (try? position()) ?? 0
        let response = await front.answer(head, BufferedBody(body))
        // Records of reads wait in the spool for a moment; where the store was closed on purpose there is nothing to read.
        try? await journal.settle()
        let answer = Answer(response, records: (try? records(after: before)) ?? [])
        for name in ["SecretAccessKey", "ServicePassword", "ServiceCredentialSecret"] {
            if let secret = answer.text(name) { secrets.withLock { _ = $0.insert(secret) } }
        }
        if let seed = answer.text("Base32StringSeed"), let text = Base64.decode(seed) {
            secrets.withLock { $0.formUnion([seed, String(decoding: text, as: UTF8.self)]) }
        }
        checkSecrets(answer)
        return answer
    }

    /// A call that the test needs to succeed.
    @discardableResult
    func must(_ service: ServiceModel, _ operation: String, _ input: Input = [:], as keys: Keys? = nil) async throws
        -> Answer
    {
        let answer = try await call(service, operation, input, as: keys ?? root)
        try #require(answer.status == 200, "\(operation): \(answer.status) \(answer.body)")
        return answer
    }

    /// Why a recorded call was decided as it was, told to somebody who may know everything.
    func explanation(of record: Record) throws -> EventExplanation {
        try store.read { snapshot in try EventExplanation(record.entry, in: snapshot, for: nil) }
    }

    /// Everything IAM keeps, as text: equal before and after a call that changed nothing.
    func state() throws -> [String] { try store.rows(Store.identities) }

    /// Newest position in the journal; 0 where it is empty.
    func position() throws -> Int64 { try store.read { try $0.number("SELECT max(position) FROM journal") } }

    /// In the order they were written.
    func records(after position: Int64 = 0) throws -> [Record] {
        try store.entries(after: position).map(Record.init)
    }

    private func checkSecrets(_ answer: Answer) {
        let secrets = secrets.withLock { $0 }
        for record in answer.records {
            let text = String(decoding: record.entry.record, as: UTF8.self)
            for secret in secrets where text.contains(secret) {
                Issue.record("a secret in the record of \(record.entry.name)")
            }
        }
        for line in logged.withLock({ $0 }) {
            for secret in secrets where line.contains(secret) { Issue.record("a secret in the log") }
        }
    }
}
