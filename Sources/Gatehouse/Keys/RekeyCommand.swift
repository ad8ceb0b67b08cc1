import KMSService
import KeyEngine
import KeyVault
import PKCS11
import Storage
import World

/// `gatehouse rekey`: gives a data folder a new root, in place of the old one or under another protection.
enum RekeyCommand {
    static let known: [Options.Known] =
        [.init("data", "DIR", variable: "GATEHOUSE_DATA", "the data folder, which no server has open (./data)")]
        + RootSettings.known
        + RootSettings.known.map { option in
            .init("new-" + option.name, option.value, "after it: " + option.help)
        }

    private static let more = """

        Every key below the root is sealed by a fresh root, and the file `root` is replaced in one step; what is sealed
        under those keys stays as it is. Without --new-… the protection stays the same and only the root is new. With
        --new-hsm-module the root is made in an HSM, which it never leaves.

        Keys of KMS that the new root could not use keep the command from doing anything: all that were wrapped in an HSM, and
        on the way into one also those that were made in software.

        Old copies of the data folder still open with the old root: when they are not needed any more, remove them, and the
        old key file, or the old keys in the HSM.
        """

    static func run(_ arguments: [String]) throws {
        let options = try Options(arguments, command: "rekey", known: known, environment: ProcessEnvironment.read())
        guard !options.wantsHelp else {
            print(Options.help("rekey", "Gives a data folder a new root key.", known) + "\n" + more)
            return
        }
        let path = options["data"] ?? "./data"
        guard PrivateText.read(path + "/gatehouse.db") != nil else {
            throw SetupError("\(path) is no data folder; name the server's with --data")
        }
        let old = try RootSettings(options, dataFolder: path)
        let changes = known.contains { $0.name.hasPrefix("new-") && options.has($0.name) }
        let new = changes ? try RootSettings(options, dataFolder: path, prefix: "new-") : old
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        try requireKeysOfKMS(in: folder, under: new)
        let before = try old.protection()
        var after = before
        if changes {
            let loaded: PKCS11Module? = if case .hsm(let token) = before { token.module } else { nil }
            after = try new.protection(loaded)
        }
        print("from  \(before)")
        print("to    \(after), with a fresh root")
        let count = try DeviceDeadline.keep(before, after) { [before, after] in
            try VaultFolder.rotate(path, from: before, to: after)
        }
        print("done  \(count) keys sealed anew. Start the server with the settings of the new protection.")
    }

    /// Refuses where a key of KMS would be lost. Reads the database, brought to this version as a start would.
    private static func requireKeysOfKMS(in folder: DataFolder, under new: RootSettings) throws {
        let store = try Store(in: folder, schema: House.schema, log: Log(level: .error, clock: SystemClock()))
        defer { store.close() }
        let target: EngineStatus.Root = new.hsm == nil ? .software : .hsm
        let lost = try store.read { try KeysUnderRoot.lost(movingTo: target, $0) }
        guard lost > 0 else { return }
        let why =
            target == .hsm
            ? "the wrapping keys of the new root are made in the HSM, and what is wrapped under the present root does not "
                + "open with them"
            : "they were wrapped in an HSM, which they never leave"
        throw SetupError(
            """
            the data folder holds key material of KMS that could not be used under the new root (\(lost)): \(why).
            Nothing was changed. To go on, start the server under the present root, encrypt anew elsewhere what those keys
            protect, and have the keys deleted (ScheduleKeyDeletion, and its waiting time); or leave the root where it is. To
            move to another HSM with all keys, copy the token with its vendor's tools and name the copy at the start.
            """)
    }
}
