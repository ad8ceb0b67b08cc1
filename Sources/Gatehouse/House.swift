import AWS
import AccessAnalyzerAPI
import AccessAnalyzerService
import Authentication
import Blobs
import CloudTrailAPI
import CloudTrailService
import Crypto
import Door
import Federation
import HTTP
import IAMAPI
import IAMService
import Journal
import KeyVault
import Observers
import S3API
import S3ControlAPI
import S3Service
import STSAPI
import STSService
import Smithy
import Storage
import Wire
import World

/// All parts of the server, put together once. Nothing below this type knows of the others.
final class House: Sendable {
    let world: World
    let clock: SystemClock
    let folder: DataFolder
    let store: Store
    let journal: Journal
    let observers: ObserverRunner
    let vault: any KeyVault
    let blobs: BlobStore
    let operations: [AnyOperation]
    let front: Front
    let accounts: Accounts
    let explanations: EventExplanations
    /// A look through a long journal takes seconds: it holds up no request, and only one is made at a time.
    let generations = BlockingPool("generate-policy", threads: 1, limit: 16)
    private let settings: ServeSettings

    static let services: [ServiceModel] = [
        IAM.service, STS.service, CloudTrail.service, S3.service, S3Control.service, AccessAnalyzer.service,
    ]
    static let schema: [SchemaPart] = [
        Journal.schema, IAMService.schema, IAMService.recordsSchema, IAMService.factorSchema,
        IAMService.federationSchema, S3Service.schema,
        Accounts.schema,
        AccessAnalyzerService.schema,
    ]

    init(_ settings: ServeSettings) throws {
        self.settings = settings
        clock = SystemClock()
        world = World(clock: clock, entropy: SystemEntropy(), log: Log(level: settings.logLevel, clock: clock))
        folder = settings.isMemory ? try .temporary() : try .open(settings.dataFolder)
        vault = try House.vault(settings, folder)
        store = try Store(in: folder, schema: House.schema, log: world.log)
        journal = try Journal(store, in: folder, syncsReads: settings.syncsReads)
        observers = ObserverRunner([JournalIndexer()], on: store, log: world.log)
        var options = BlobOptions()
        options.synchronizes = !settings.isMemory
        blobs = try BlobStore(
            folder: folder.path, key: vault.derive(.blobs), pool: BlockingPool("blobs", threads: 4), options: options)
        let (secrets, seeds) = (KeySecrets(vault), FactorSeeds(vault))
        accounts = Accounts(settings: settings, secrets: secrets, world: world, folder: folder)
        let epoch = Epoch(store)
        let tokens = SessionTokens(vault)
        let messages = AuthorizationMessages(vault)
        explanations = EventExplanations(store, journal, messages)
        let gate = Gate(store: store, journal: journal, world: world, policies: IdentityPolicies(epoch: epoch))
        let keys = AccessKeyCredentials(store: store, secrets: secrets, epoch: epoch)
        let living = LivingIssuers(tokens, store: store, epoch: epoch)
        let (samlKeys, fetch) = (SAMLKeys(vault), ProviderFetch())
        operations =
            IAMService.operations(world, secrets, seeds)
            + STSService.operations(world, tokens, messages, Roles(), UserFactors(store, seeds))
            + IAMService.federation(world, samlKeys, fetch)
            + STSService.federation(world, tokens, Roles(), IdentityProviders(store, samlKeys), fetch)
            + CloudTrailService.operations() + S3Service.operations(world, blobs, names: IAMPrincipals())
            + AccessAnalyzerService.operations(
                PolicyJobs(store, journal, names: IAMPrincipals(), identifiers: world.identifiers))
        front = Front(
            gate: gate, authenticator: Authenticator(credentials: CredentialsByKind(longTerm: keys, sessions: living)),
            router: Router(services: House.services), world: world, operations: operations, messages: messages)
    }

    private static func vault(_ settings: ServeSettings, _ folder: DataFolder) throws -> any KeyVault {
        if settings.isMemory { return SoftwareKeyVault.ephemeral() }
        let protection: RootProtection
        if let file = settings.passphraseFile {
            guard let text = PrivateText.read(file), !text.isEmpty else {
                throw SetupError("cannot read a passphrase from \(file)")
            }
            protection = .passphrase(SecretPassphrase(Array(text.utf8.prefix { $0 != 10 && $0 != 13 })))
        } else {
            protection = .keyFile(path: settings.keyFile)
        }
        return try SoftwareKeyVault.open(
            folder: folder.path, protection: protection,
            mayCreate: PrivateText.read(folder.path + "/gatehouse.db") == nil)
    }

    /// Back to the first state: accounts and their root keys stay, everything else goes. For test servers.
    func reset() async throws {
        clock.setOffset(milliseconds: 0)
        let founding = try accounts.founding()
        let now = clock.now()
        let secrets = accounts.secrets
        try await journal.settle()
        try await store.reset { transaction in
            for account in founding { try account.write(secrets, now: now, in: &transaction) }
        }
        try await blobs.removeAll()
    }

    /// Removes what a crash left behind: contents of objects that never came to be, or are no more.
    func sweep() async throws {
        let removed = try await blobs.sweep { [store] id in
            try store.read { snapshot in try S3Service.isLive(id, snapshot) }
        }
        if removed > 0 { world.log(.info, "contents that no object has were removed", ["count": "\(removed)"]) }
    }

    func close() async {
        observers.stop()
        do { try await journal.close() } catch {
            world.log(.error, "the journal could not be finished", ["error": "\(error)"])
        }
        store.close()
        folder.close()
    }
}
