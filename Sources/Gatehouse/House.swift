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
import KMSAPI
import KMSService
import KeyEngine
import KeyVault
import Observers
import S3API
import S3ControlAPI
import S3Service
import SSMAPI
import SSMService
import STSAPI
import STSService
import SecretsManagerAPI
import SecretsManagerService
import SigninAPI
import SigninService
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
    /// Writes credential reports, which are long: nobody else waits for them.
    let reporters: ObserverRunner
    /// The keys that AWS manages, for the services that need one.
    let serviceKeys: any ServiceKeys
    /// Does what falls due by the clock.
    let chores: ChoreRunner
    /// Carries out what buckets do with their objects in time.
    let lifecycles: LifecycleUpkeep
    /// Reads all contents, which takes long: nothing else waits for it.
    let scrubber: ChoreRunner
    /// Delivers access logs.
    let deliveries: ChoreRunner
    /// Writes inventories, which may be long.
    let reports: ChoreRunner
    let accessLog: AccessLog
    let accessLogs: AccessLogDelivery
    let inventories: InventoryReports
    /// Replicates objects: other buckets' content may be large, and nothing else waits for it.
    let replicator: ChoreRunner
    /// Looks for access from outside.
    let analyses: ChoreRunner
    let vault: any KeyVault
    /// Where KMS keys live.
    let engine: any KeyEngine
    /// Gives the server a new root while it runs.
    let rootChange: RootChange
    let blobs: FileBlobStore
    /// Contents that found no room.
    let fullDisk: FullDisk
    let backups: Backups
    let issuers: OutboundIssuers
    let operations: [AnyOperation]
    let front: Front
    let accounts: Accounts
    let passwords: Passwords
    let console: ConsoleDesk
    private let signIn: SignInParts
    private let proofs: FederationProofs
    let explanations: EventExplanations
    let tokens: SessionTokens
    /// A look through a long journal takes seconds: it holds up no request, and only one is made at a time.
    let generations = BlockingPool("generate-policy", threads: 1, limit: 16)
    /// Counts what metrics tell of the store.
    let counting = BlockingPool("metrics", threads: 1, limit: 64)
    private let settings: ServeSettings
    private let seeds: FactorSeeds
    /// By the last part of their path.
    let securityKeyCalls: [String: AnyOperation]

    static let services: [ServiceModel] = [
        IAM.service, STS.service, CloudTrail.service, S3.service, S3Control.service, AccessAnalyzer.service,
        Signin.service, KMS.service, SecretsManager.service, SSM.service,
    ]
    static let schema: [SchemaPart] =
        IAMService.schemas + [
            Journal.schema, SigninService.schema, S3Service.schema, Accounts.schema,
            Scrubber.schema, AccessAnalyzerService.schema, KMSService.schema, SecretsManagerService.schema,
            SSMService.schema,
        ]

    init(_ settings: ServeSettings) throws {
        self.settings = settings
        clock = SystemClock()
        world = World(clock: clock, entropy: SystemEntropy(), log: Log(level: settings.logLevel, clock: clock))
        folder = settings.isMemory ? try .temporary() : try .open(settings.dataFolder)
        let keys = try House.keys(settings, folder, world.log)
        (vault, engine) = (keys.vault, keys.engine)
        store = try Store(in: folder, schema: House.schema, log: world.log)
        // Before anything is written: is this the data's root?
        try RootCheck.require(store, keys)
        journal = try Journal(store, in: folder, syncsReads: settings.syncsReads)
        observers = ObserverRunner([JournalIndexer(), AccessObserver(), SecretReads()], on: store, log: world.log)
        reporters = ObserverRunner([CredentialReporter(clock)], on: store, log: world.log)
        var options = BlobOptions()
        options.synchronizes = !settings.isMemory
        options.hasRoom = { [store] in !store.isScarce }
        fullDisk = FullDisk(world.log, clock)
        options.onFull = { [fullDisk] in fullDisk.note() }
        blobs = try FileBlobStore(
            folder: folder.path, key: vault.derive(.blobs), pool: BlockingPool("blobs", threads: 4), options: options)
        backups = Backups(folder, store, journal, blobs, vault, world.identifiers)
        let secrets = KeySecrets(vault)
        seeds = FactorSeeds(vault)
        passwords = Passwords(vault)
        accounts = Accounts(
            settings: settings, secrets: secrets, passwords: passwords, world: world, folder: folder)
        let epoch = Epoch(store)
        tokens = SessionTokens(vault)
        securityKeyCalls = IAMService.securityKeyCalls(world, seeds).merging(
            STSService.securityKeyCalls(world, tokens, UserSecurityKeys(store, vault))
        ) { first, _ in first }
        let messages = AuthorizationMessages(vault)
        explanations = EventExplanations(store, journal, messages)
        let gate = Gate(store: store, journal: journal, world: world, policies: IdentityPolicies(epoch: epoch))
        let accessKeys = AccessKeyCredentials(store: store, secrets: secrets, epoch: epoch)
        let living = LivingIssuers(tokens, store: store, epoch: epoch)
        let factors = UserFactors(store, seeds)
        let (samlKeys, fetch) = (SAMLKeys(vault), ProviderFetch(settings.issuerNetworks))
        proofs = FederationProofs(world, IdentityProviders(store, samlKeys), fetch)
        signIn = SignInParts(
            world: world, store: store, journal: journal, vault: vault, people: People(passwords),
            factors: factors, keys: UserSecurityKeys(store, vault), attempts: passwords.attempts,
            credentials: living, issuer: IssuedSessions(tokens, world.identifiers), saml: proofs.offers)
        issuers = OutboundIssuers(store, vault)
        let keysOfKMS = Keys(names: IAMPrincipals())
        serviceKeys = KeysOfServices(store, journal, keysOfKMS, engine, world)
        let keptSecrets = Secrets(names: IAMPrincipals(), keys: serviceKeys)
        let ended = EndedSecrets(keptSecrets, journal, world)
        rootChange = RootChange(keys, settings.root, settings.isMemory ? nil : folder.path, store, journal, world)
        lifecycles = LifecycleUpkeep(store, blobs, world.log, names: IAMPrincipals())
        chores = ChoreRunner(
            [
                KeyUpkeep(store, journal, keysOfKMS, engine, world), SecretUpkeep(store, ended), rootChange, lifecycles,
                ContentRemoval(store, blobs, world.log),
            ], world)
        scrubber = ChoreRunner([Scrubber(store, blobs, world.log)], world)
        accessLog = AccessLog(store, world.log)
        let (cipher, names, own) = (ObjectCipher(keys: serviceKeys), IAMPrincipals(), ServiceCalls(gate))
        accessLogs = AccessLogDelivery(
            store, blobs, cipher, names: names, factors: factors, own, world, every: settings.accessLogInterval)
        inventories = InventoryReports(store, blobs, cipher, names: names, factors: factors, own, world)
        deliveries = ChoreRunner([accessLogs], world)
        reports = ChoreRunner([inventories], world)
        replicator = ChoreRunner(
            [
                Replicator(
                    store, world, blobs, cipher, names: names, factors: factors,
                    calls: own, roles: BucketRoles(calls: own, tokens: tokens, credentials: living, world: world))
            ], world)
        // What is noted wakes it; what rests is looked at once a second.
        store.onCommit { [replicator] areas in if areas.contains(.replication) { replicator.wake() } }
        let analysis = ResourceAnalysis(
            [SharedBuckets(names: names), SharedRoles(), SharedKeys(names: names), SharedSecrets(names: names)],
            world.identifiers)
        let accessAnalysis = AccessAnalysis(store, analysis, world)
        analyses = ChoreRunner([accessAnalysis], world)
        store.onCommit { [analyses] areas in if accessAnalysis.isWoken(by: areas) { analyses.wake() } }
        operations =
            IAMService.operations(world, secrets, seeds, passwords)
            + STSService.operations(world, tokens, messages, Roles(), factors)
            + IAMService.federation(world, samlKeys, fetch, issuers)
            + STSService.federation(world, tokens, Roles(), proofs, issuers)
            + CloudTrailService.operations()
            + S3Service.operations(
                world, blobs, cipher, names: names, factors: factors, roles: Roles())
            + IAMService.lastAccessed(AccessJobs(store, journal, identifiers: world.identifiers))
            + SigninService.operations(signIn)
            + AccessAnalyzerService.operations(
                PolicyJobs(store, journal, names: IAMPrincipals(), identifiers: world.identifiers), analysis, store)
            + KMSService.operations(world, keysOfKMS, engine, journal, store, vault)
            + SecretsManagerService.operations(
                world, keptSecrets, ended, SecretCipher(keys: serviceKeys), store)
            + SSMService.operations(ParameterCipher(keys: serviceKeys), store)
        front = Front(
            gate: gate,
            authenticator: Authenticator(credentials: CredentialsByKind(longTerm: accessKeys, sessions: living)),
            router: Router(services: House.services, baseHosts: ["localhost"] + settings.domains), world: world,
            operations: operations, messages: messages, crossOrigin: BucketCrossOrigin(), requestLog: accessLog,
            websites: BucketWebsites())
        console = ConsoleDesk(signIn, front)
    }

    /// Takes up the hardware tokens that the operator's file lists, if there is one.
    func addTokens() async throws {
        guard let file = settings.tokensFile else { return }
        let tokens: HardwareTokens
        do {
            tokens = try HardwareTokens(String(decoding: try TextFile.read(file, limit: 1 << 26), as: UTF8.self))
        } catch let error as HardwareTokens.Malformed { throw SetupError("\(file), \(error)") }
        let count = try await tokens.add(to: store, seeds, world.identifiers)
        if count > 0 { world.log(.info, "hardware MFA tokens were taken up", ["count": "\(count)"]) }
    }

    private static func keys(_ settings: ServeSettings, _ folder: DataFolder, _ log: Log) throws -> KeyGround {
        if settings.isMemory { return try .ephemeral() }
        return try .open(
            folder.path, settings.root, mayCreate: PrivateText.read(folder.path + "/gatehouse.db") == nil, log: log)
    }

    /// Back to the first state: accounts and their root keys stay, everything else goes. For test servers.
    func reset() async throws {
        clock.setOffset(milliseconds: 0)
        let founding = try accounts.founding()
        let signIns = accounts.signIns()
        let now = clock.now()
        try await journal.settle()
        try await store.reset { [accounts, journal] transaction in
            try journal.restart(in: &transaction)
            try accounts.write(founding, now: now, in: &transaction)
            for signIn in signIns { try signIn.write(now: now, in: &transaction) }
        }
        signIn.forgetAttempts()
        await proofs.forgetKeys()
        try await blobs.removeAll()
        try await addTokens()
    }

    /// Removes what a crash left behind: contents of objects that never came to be, or are no more.
    func sweep() async throws {
        let removed = try await blobs.sweep { [store] id in
            try store.read { snapshot in try S3Service.isLive(id, snapshot) }
        }
        if removed > 0 { world.log(.info, "contents that no object has were removed", ["count": "\(removed)"]) }
    }

    func close() async {
        chores.stop()
        scrubber.stop()
        deliveries.stop()
        reports.stop()
        replicator.stop()
        analyses.stop()
        await accessLogs.deliverAll()
        observers.stop()
        reporters.stop()
        do { try await journal.close() } catch {
            world.log(.error, "the journal could not be finished", ["error": "\(error)"])
        }
        store.close()
        folder.close()
    }
}
