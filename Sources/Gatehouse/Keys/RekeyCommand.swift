import Crypto
import Glibc
import KMSService
import KeyEngine
import KeyVault
import PKCS11
import Storage
import World

/// `gatehouse rekey`: gives a data folder a new root, in place of the old one or under another protection.
enum RekeyCommand {
    static let known: [Options.Known] =
        ServerAccess.options.map { option in
            guard option.name == "data" else { return option }
            return .init("data", "DIR", variable: "GATEHOUSE_DATA", "the data folder (./data)")
        }
        + [.init("online", nil, "have the running server do it, which goes on serving; the protection stays")]
        + [.init("destroy-former", "ID", "change nothing, but destroy that former root in the HSM")]
        + RootSettings.known
        + RootSettings.known.map { option in
            .init("new-" + option.name, option.value, "after it: " + option.help)
        }

    private static let more = """

        Every key of the vault is sealed by a fresh root, and the file `root` is replaced in one step; what is sealed under those
        keys stays as it is. Then the keys of KMS are wrapped anew, one after the other: each is shown to be the same before it
        takes the place of the old one. Without --new-… the protection stays the same and only the root is new. With
        --new-hsm-module the root is made in an HSM, which it never leaves, and keys of KMS that were made in software move into
        the HSM. Keys that an HSM wrapped never leave it: with such, the root does not go into a file. To another HSM, and to a
        new root in the same, they go wrapped by the one for the other.

        Killed at any point, the same command goes on where it was. So does a server that is started under the new root, except
        on the way from one HSM to another: for that both are needed.

        With --online nothing is stopped, and nothing is opened here: the server that runs on the folder is asked; it wants
        gatehouse:RotateRootKey and gatehouse:GetKeyProtection. The command waits until it is done; stopping the command
        does not stop the server.

        \(ServerAccess.help)

        The old root stays: old copies of the data folder still open with it. When they are not needed any more, remove them, and
        the old key file, or the old keys in the HSM, whose label the command tells. With --destroy-former and the id in that
        label they are destroyed in the HSM of the present root: whatever copy of the folder is under them, and whatever other
        folder, never opens again. Back up the HSM with the new root first. The server is to be stopped.
        """

    static func run(_ arguments: [String]) async throws {
        let environment = ProcessEnvironment.read()
        let options = try Options(arguments, command: "rekey", known: known, environment: environment)
        guard !options.wantsHelp else {
            print(Options.help("rekey", "Gives a data folder a new root key.", known) + "\n" + more)
            return
        }
        let changes = known.contains { $0.name.hasPrefix("new-") && options.has($0.name) }
        if options.has("online") {
            guard !options.has("destroy-former") else {
                throw SetupError("--destroy-former is for a stopped server: leave out --online")
            }
            guard !changes else {
                throw SetupError("--online keeps the protection: leave out --new-…, or stop the server")
            }
            let folder = options.has("endpoint") ? nil : options["data"] ?? "./data"
            let hsm = try HSMSettings(options)
            return try OnlineRekey.run(try ServerAccess(options, environment).client(), folder, hsm)
        }
        guard !options.has("endpoint") else { throw SetupError("--endpoint goes with --online") }
        let path = options["data"] ?? "./data"
        guard PrivateText.read(path + "/gatehouse.db") != nil else {
            throw SetupError("\(path) is no data folder; name the server's with --data")
        }
        let former = try options["destroy-former"].map(id)
        guard former == nil || !changes else { throw SetupError("--destroy-former excludes --new-…") }
        let old = try RootSettings(options, dataFolder: path)
        let new = changes ? try RootSettings(options, dataFolder: path, prefix: "new-") : old
        try CoreDumps.forbid()
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let log = Log(level: .error, clock: SystemClock())
        let store = try Store(in: folder, schema: House.schema, log: log)
        defer { store.close() }
        if let former { return try destroy(former, path, old, store, log) }
        try await change(
            path, from: old, to: new, changes: changes, mayCreateKeyFile: options.has("new-key-file"), store, log)
    }

    private static func id(_ text: String) throws -> [UInt8] {
        guard let id = Hexadecimal.decode(text.utf8), id.count == 16 else {
            throw SetupError(
                "--destroy-former takes an id of 32 hexadecimal digits, as in the label of the root's keys")
        }
        return id
    }

    /// Destroys a former root, where all of this data is under the present one.
    private static func destroy(
        _ id: [UInt8], _ path: String, _ settings: RootSettings, _ store: Store, _ log: Log
    ) throws {
        let protection = try settings.protection()
        let opened = try DeviceDeadline.keep(protection) {
            try VaultFolder.open(path, protection: protection, mayCreate: false, isReadOnly: true)
        }
        if opened.former == nil { try RootCheck.require(store, KeyGround(opened, log)) }
        try RootRotation.destroy(id, notOf: opened)
        tell(
            "done  the root \(TokenRoot.name(of: id)) is destroyed in the HSM. Copies of the data folder from before the root was "
                + "changed never open again: make a backup.")
    }

    /// Where the former root is, and what it is good for.
    /// - Parameters:
    ///   - folder: the data folder; nil where it is another machine's.
    ///   - hsm: of the present root; nil where it is not known here.
    static func tellOfFormer(_ name: String, of folder: String?, under hsm: HSMSettings?) {
        let id = name.split(separator: " ").last.map(String.init) ?? name
        let words = "--data \(folder.map(ShellText.word) ?? "DIR") \(hsm?.words ?? RootKind.hsm.options)"
        tell(
            """
            kept  the former root stays in its HSM, for copies of the data folder from before: the keys labelled
                  \(name) wrap, mac and seal.
                  When no copy needs it, and the new root is in the HSM's backup, stop the server:
                  gatehouse rekey \(words) --destroy-former \(id)
            """)
    }

    private static func change(
        _ path: String, from old: RootSettings, to new: RootSettings, changes: Bool, mayCreateKeyFile: Bool,
        _ store: Store, _ log: Log
    ) async throws {
        let (opened, protection): (VaultFolder, RootProtection)
        var formerToken: Token?
        if try RootRotation.isUnfinished(path) {
            protection = try new.protection()
            let loaded: PKCS11Module? = if case .hsm(let token) = protection { token.module } else { nil }
            formerToken = try old.hsm?.token(loaded)
            tell("A change of the root of \(path) was not finished. It is gone on with.")
            do {
                opened = try DeviceDeadline.keep(protection) {
                    try VaultFolder.open(path, protection: protection, mayCreate: false)
                }
            } catch {
                throw SetupError("\(error)\nRepeat the command that began the change, with the same options.")
            }
        } else {
            let before = try old.protection()
            let loaded: PKCS11Module? = if case .hsm(let token) = before { token.module } else { nil }
            protection = changes ? try new.protection(loaded) : before
            tell("from  \(before)")
            tell("to    \(protection), with a fresh root")
            if case .hsm(let token) = before { formerToken = token }
            opened = try await begin(
                path, from: before, to: protection, mayCreateKeyFile: mayCreateKeyFile, store, log)
        }
        let ground = try KeyGround(opened, log, formerToken: formerToken)
        // Also where a change is gone on with: the next step writes.
        try RootCheck.require(store, ground)
        let carrier = KeyCarrier(store, ground.engine, log)
        let total = try carrier.progress()
        if total.total > 0 { tell("keys  \(total.left) of KMS are to be taken over, of \(total.total)") }
        try await carry(carrier, total)
        guard try await carrier.settle() else { throw SetupError("keys of KMS were changed meanwhile; run it again") }
        _ = try RootRotation.finish(path, opened, protection)
        if let name = opened.former?.name { tellOfFormer(name, of: path, under: new.hsm) }
        tell(
            "done  \(opened.count) keys sealed anew, \(total.total) keys of KMS under the new root. "
                + "Start the server with the settings of the new protection.")
    }

    /// Makes the new root, tries whether keys of KMS can come along, and puts it in its place.
    private static func begin(
        _ path: String, from before: RootProtection, to after: RootProtection, mayCreateKeyFile: Bool,
        _ store: Store, _ log: Log
    ) async throws -> VaultFolder {
        let opened = try DeviceDeadline.keep(before) {
            try VaultFolder.open(path, protection: before, mayCreate: false)
        }
        try RootCheck.require(store, KeyGround(opened, log))
        let comeAlong = comeAlong(from: opened, to: after)
        if !comeAlong { try requireNoKeys(store) }
        let rotation = try RootRotation.prepare(
            path, from: opened, by: before, to: after, keepsFormer: comeAlong, mayCreateKeyFile: mayCreateKeyFile)
        do {
            let ground = try KeyGround(rotation.next, log, formerToken: opened.tokenRoot?.token)
            try await KeyCarrier(store, ground.engine, log).rehearse()
        } catch {
            try? rotation.abandon()
            throw SetupError("Nothing was changed: a key of KMS cannot be taken over under the new root. \(error)")
        }
        try rotation.write()
        return rotation.next
    }

    /// Whether keys under the old root can be wrapped under the new one: all that are in software, and those of an HSM in it or
    /// another.
    private static func comeAlong(from old: VaultFolder, to new: RootProtection) -> Bool {
        if case .hsm = new { true } else { old.tokenRoot == nil }
    }

    private static func requireNoKeys(_ store: Store) throws {
        let lost = try store.read { try KeysUnderRoot.count($0) }
        guard lost > 0 else { return }
        throw SetupError(
            """
            the data folder holds key material of KMS that could not be used under the new root (\(lost)): it was wrapped in an
            HSM, and such keys never leave it but for another HSM. Nothing was changed. To go on, start the server under the present
            root, encrypt anew elsewhere what those keys protect, and have the keys deleted (ScheduleKeyDeletion, and its waiting
            time); or leave the root where it is.
            """)
    }

    private static func carry(_ carrier: KeyCarrier, _ before: KeyCarrier.Progress) async throws {
        while true {
            switch try await carrier.carry(20) {
            case .more:
                tell("      \(before.total - before.left + carrier.carried) of \(before.total)")
            case .end(let failed):
                guard failed > 0 else { return }
                throw SetupError(
                    "\(failed) keys of KMS could not be taken over; the lines above say why. They stay of use under the former "
                        + "root, which is kept. Run the command again when it is mended, or start the server under the new root."
                )
            }
        }
    }

    /// At once, also where the output is no terminal.
    static func tell(_ line: String) {
        print(line)
        fflush(nil)
    }
}
