import AWS
import Crypto
import IAMService
import Storage
import World

/// The accounts this server begins with and the keys of their root users.
struct Accounts: Sendable {
    let settings: ServeSettings
    let secrets: KeySecrets
    let passwords: Passwords
    let world: World
    let folder: DataFolder
    private let made = Lock<Founding?>(nil)
    private let begun = Lock<[RootSignIn]>([])

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

    init(settings: ServeSettings, secrets: KeySecrets, passwords: Passwords, world: World, folder: DataFolder) {
        (self.settings, self.secrets, self.world, self.folder) = (settings, secrets, world, folder)
        self.passwords = passwords
    }

    /// The accounts named by settings, with keys chosen there, and the account whose keys this run made.
    func founding() throws -> [Founding] {
        let chosen = ([settings.rootKeys].compactMap { $0 } + settings.extraAccounts).map {
            Founding(account: $0.account, accessKeyID: $0.accessKeyID, secret: $0.secret)
        }
        return [made.withLock { $0 }].compactMap { $0 } + chosen
    }

    /// Writes them, a millisecond apart: the operator's account stays the first, whatever the numbers of the others.
    func write(_ founding: [Founding], now: Instant, in transaction: inout Transaction) throws {
        for (index, account) in founding.enumerated() {
            try account.write(
                secrets, now: Instant(milliseconds: now.milliseconds + Int64(index)), in: &transaction)
        }
    }

    /// How the root users of this run's accounts began to sign in.
    func signIns() -> [RootSignIn] { begun.withLock { $0 } }

    /// What a start has to tell of the first account.
    struct Established {
        let account: AccountID
        /// Where its root keys are, in words.
        var rootKeys = ""
        /// The address its root user signs in by.
        var email = ""
        /// The file with root passwords that this server made; nil where there is none.
        var passwordFile: String?
    }

    /// Writes what is not there yet.
    func establish(_ store: Store) async throws -> Established {
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
        let now = world.clock.now()
        try await store.write { [self] transaction in try write(founding, now: now, in: &transaction) }
        var established = Established(account: account)
        established.rootKeys = try store.read { snapshot in try place(of: account, file, snapshot) }
        try await establishSignIn(&established, store)
        return established
    }

    /// Where the root keys of the first account are. A file with keys that root does not have any more is told of: they would
    /// be taken for good ones.
    private func place(
        of account: AccountID, _ file: CredentialsFile, _ snapshot: borrowing Snapshot
    ) throws -> String {
        let kept = (try? file.read())?.accessKeyID
        let isStale = try kept.map { try !Founding.hasRootKey($0, of: account, snapshot) } ?? false
        if isStale, let kept {
            world.log(
                .warning, "the file of root keys holds a key that the root user does not have: remove it",
                ["file": file.path, "key": kept])
        }
        if let chosen = settings.rootKeys {
            return try Founding.hasRootKey(chosen.accessKeyID, of: chosen.account, snapshot)
                ? "from GATEHOUSE_ROOT_ACCESS_KEY_ID and GATEHOUSE_ROOT_SECRET_ACCESS_KEY"
                : "deleted since; that of GATEHOUSE_ROOT_ACCESS_KEY_ID is of no use"
        }
        if isStale { return "deleted since; those in \(file.path) are of no use" }
        return kept == nil ? "not in \(file.path): chosen at an earlier start, or put away" : file.path
    }

    /// Gives each root user that has none an address and a password, and the first one those that settings choose.
    private func establishSignIn(_ established: inout Established, _ store: Store) async throws {
        let file = SignInFile(path: folder.path + "/" + SignInFile.name)
        let (first, hashing) = (established.account, passwords.hashing)
        var signIns: [RootSignIn] = []
        var made: [SignInFile.Entry] = []
        var moved: [(AccountID, String)] = []
        for account in try store.read({ snapshot in try Founding.accounts(snapshot) }) {
            let known = try store.read { snapshot in try RootSignIn.known(account, snapshot) }
            let chosen = account == first ? settings.rootPassword : nil
            let asked = account == first ? settings.rootEmail : nil
            let email = asked ?? known?.email ?? ServeSettings.rootEmail(of: account, isFirst: account == first)
            if account == first { established.email = email }
            let isSame =
                if let chosen, let known { try await known.isChosen(chosen, hashing) } else { known != nil }
            if known != nil, email != known?.email { moved.append((account, email)) }
            guard !isSame else { continue }
            let password = chosen ?? RootSignIn.randomPassword()
            if chosen == nil { made.append(SignInFile.Entry(account: account, email: email, password: password)) }
            signIns.append(
                try await RootSignIn(
                    account: account, email: email, password: password, isChosen: chosen != nil, hashing))
        }
        // The file first: a password that nobody knows would lock root out.
        if !made.isEmpty { try file.add(made) }
        begun.withLock { $0 = signIns }
        let now = world.clock.now()
        let (writing, moving) = (signIns, moved)
        try await store.write { transaction in
            for (account, email) in moving { try RootSignIn.move(account, to: email, in: &transaction) }
            for signIn in writing { try signIn.write(now: now, in: &transaction) }
        }
        established.passwordFile = settings.rootPassword == nil ? file.path : nil
    }
}
