import KeyVault
import PKCS11
import Storage

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
        let before = try old.protection()
        var after = before
        if changes {
            let loaded: PKCS11Module? = if case .hsm(let token) = before { token.module } else { nil }
            after = try new.protection(loaded)
        }
        print("from  \(before)")
        print("to    \(after), with a fresh root")
        let count = try VaultFolder.rotate(path, from: before, to: after)
        print("done  \(count) keys sealed anew. Start the server with the settings of the new protection.")
    }
}
