import Glibc
import KeyEngine
import KeyVault
import PKCS11
import World

/// Where the keys of a house lie: the vault, and the engine of KMS's keys. Both stand on one root.
struct KeyGround: Sendable {
    let vault: any KeyVault
    let engine: any KeyEngine

    /// For a server that keeps nothing.
    static func ephemeral() throws -> KeyGround {
        let vault = SoftwareKeyVault.ephemeral()
        return KeyGround(vault: vault, engine: try SoftwareKeyEngine(vault, threads: processors))
    }

    /// The ground of a data folder; where it holds nothing yet, made.
    /// - Parameter log: is told when a device goes away and comes back.
    static func open(
        _ folder: String, _ settings: RootSettings, mayCreate: Bool, isReadOnly: Bool = false, log: Log? = nil
    ) throws -> KeyGround {
        let protection = try settings.protection()
        return try DeviceDeadline.keep(protection, log: log) {
            let opened = try VaultFolder.open(
                folder, protection: protection, mayCreate: mayCreate, isReadOnly: isReadOnly)
            if let root = opened.tokenRoot {
                let former = try SoftwareKeyEngine(opened.vault, threads: 1)
                return KeyGround(vault: opened.vault, engine: try DeviceKeyEngine(root, former: former, log: log))
            }
            return KeyGround(vault: opened.vault, engine: try SoftwareKeyEngine(opened.vault, threads: processors))
        }
    }

    private static var processors: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
