import AWS
import Authentication
import Blobs
import CloudTrailAPI
import CloudTrailService
import Crypto
import Door
import HTTP
import IAMAPI
import IAMService
import Journal
import KeyVault
import S3API
import S3ControlAPI
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
    let vault: any KeyVault
    let front: Front
    let accounts: Accounts
    private let settings: ServeSettings

    static let services: [ServiceModel] = [IAM.service, STS.service, CloudTrail.service, S3.service, S3Control.service]
    static let schema: [SchemaPart] = [Journal.schema, IAMService.schema, Accounts.schema]

    init(_ settings: ServeSettings) throws {
        self.settings = settings
        clock = SystemClock()
        world = World(clock: clock, entropy: SystemEntropy(), log: Log(level: settings.logLevel, clock: clock))
        folder = settings.isMemory ? try .temporary() : try .open(settings.dataFolder)
        vault = try House.vault(settings, folder)
        store = try Store(in: folder, schema: House.schema, log: world.log)
        journal = Journal(store, syncsReads: settings.syncsReads)
        let secrets = KeySecrets(vault)
        accounts = Accounts(settings: settings, secrets: secrets, world: world, folder: folder)
        let epoch = Epoch(store)
        let tokens = SessionTokens(vault)
        let gate = Gate(store: store, journal: journal, world: world, policies: IdentityPolicies(epoch: epoch))
        let keys = AccessKeyCredentials(store: store, secrets: secrets, epoch: epoch)
        front = Front(
            gate: gate, authenticator: Authenticator(credentials: Credentials(longTerm: keys, sessions: tokens)),
            router: Router(services: House.services), world: world,
            operations: IAMService.operations(world, secrets) + STSService.operations(world, tokens, Roles())
                + CloudTrailService.operations())
    }

    private static func vault(_ settings: ServeSettings, _ folder: DataFolder) throws -> any KeyVault {
        if settings.isMemory { return SoftwareKeyVault.ephemeral() }
        let protection: RootProtection
        if let file = settings.passphraseFile {
            guard let text = PrivateText.read(file), !text.isEmpty else { throw SetupError("cannot read a passphrase from \(file)") }
            protection = .passphrase(SecretPassphrase(Array(text.utf8.prefix { $0 != 10 && $0 != 13 })))
        } else {
            protection = .keyFile(path: settings.keyFile)
        }
        return try SoftwareKeyVault.open(
            folder: folder.path, protection: protection, mayCreate: PrivateText.read(folder.path + "/gatehouse.db") == nil)
    }

    /// Back to the first state: accounts and their root keys stay, everything else goes. For test servers.
    func reset() async throws {
        clock.setOffset(milliseconds: 0)
        let founding = try accounts.founding()
        let now = clock.now()
        let secrets = accounts.secrets
        try await store.reset { transaction in
            for account in founding { try account.write(secrets, now: now, in: &transaction) }
        }
    }

    func close() {
        store.close()
        folder.close()
    }
}

/// Tells temporary keys from long-term ones.
struct Credentials: CredentialSource {
    let longTerm: any CredentialSource
    let sessions: any CredentialSource

    func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
        let source = accessKeyID.hasPrefix("ASIA") ? sessions : longTerm
        return try source.credential(accessKeyID: accessKeyID, sessionToken: sessionToken, now: now)
    }
}
