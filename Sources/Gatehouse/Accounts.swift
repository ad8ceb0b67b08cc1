import AWS
import Crypto
import IAMService
import Storage
import World

/// The accounts this server begins with and the keys of their root users.
struct Accounts: Sendable {
    let settings: ServeSettings
    let secrets: KeySecrets
    let world: World
    let folder: DataFolder
    private let made = Lock<Founding?>(nil)

    static let schema = SchemaPart(
        "server",
        [
            Migration(
                1,
                """
                CREATE TABLE server_authority (
                    id INTEGER PRIMARY KEY CHECK (id = 1), certificate BLOB NOT NULL, sealed_key BLOB NOT NULL
                ) STRICT;
                """)
        ])

    init(settings: ServeSettings, secrets: KeySecrets, world: World, folder: DataFolder) {
        (self.settings, self.secrets, self.world, self.folder) = (settings, secrets, world, folder)
    }

    /// The accounts named by settings, with keys chosen there, and the account whose keys this run made.
    func founding() throws -> [Founding] {
        let chosen = ([settings.rootKeys].compactMap { $0 } + settings.extraAccounts).map {
            Founding(account: $0.account, accessKeyID: $0.accessKeyID, secret: $0.secret)
        }
        return chosen + [made.withLock { $0 }].compactMap { $0 }
    }

    /// Writes what is not there yet. Returns the account, and the file with its root keys where this server made them.
    func establish(_ store: Store) async throws -> (account: AccountID, credentialsFile: String?) {
        let existing = try store.read { snapshot in try Founding.accounts(snapshot) }
        let account = existing.first ?? settings.account
        if let first = existing.first, first != settings.account {
            world.log(
                .info, "the data folder's account is used", ["account": "\(first)", "asked": "\(settings.account)"])
        }
        let file = CredentialsFile(path: folder.path + "/" + CredentialsFile.name)
        if existing.isEmpty, settings.rootKeys == nil {
            let (founding, secret) = try Founding.random(account, world.identifiers, secrets)
            // The file first: keys that nobody knows would lock everybody out.
            try file.write(accessKeyID: founding.accessKeyID, secret: secret)
            made.withLock { $0 = founding }
        }
        let founding = try founding()
        let (now, secrets) = (world.clock.now(), secrets)
        try await store.write { transaction in
            for account in founding { try account.write(secrets, now: now, in: &transaction) }
        }
        return (account, settings.rootKeys == nil ? file.path : nil)
    }
}
