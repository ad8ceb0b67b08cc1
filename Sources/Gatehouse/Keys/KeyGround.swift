import Glibc
import KeyEngine
import KeyVault
import PKCS11
import World

/// Where the keys of a house lie: the vault, and the engine of KMS's keys. Both stand on one root.
struct KeyGround: Sendable {
    let vault: any KeyVault
    let engine: any KeyEngine
    /// As it was opened; nil where nothing is kept.
    let opened: VaultFolder?

    /// For a server that keeps nothing.
    static func ephemeral() throws -> KeyGround {
        let vault = SoftwareKeyVault.ephemeral()
        return KeyGround(vault, try SoftwareKeyEngine(vault, threads: processors))
    }

    private init(_ vault: any KeyVault, _ engine: any KeyEngine) {
        (self.vault, self.engine, opened) = (vault, engine, nil)
    }

    /// The ground of a data folder; where it holds nothing yet, made.
    /// - Parameter log: is told when a device goes away and comes back.
    static func open(
        _ folder: String, _ settings: RootSettings, mayCreate: Bool, isReadOnly: Bool = false, log: Log? = nil
    ) throws -> KeyGround {
        let protection = try settings.protection()
        return try DeviceDeadline.keep(protection, log: log) {
            try KeyGround(
                VaultFolder.open(folder, protection: protection, mayCreate: mayCreate, isReadOnly: isReadOnly), log)
        }
    }

    /// - Parameters:
    ///   - log: is told when a device goes away and comes back.
    ///   - formerToken: the token that holds the former root, where that is another than the present root's.
    init(_ opened: VaultFolder, _ log: Log? = nil, formerToken: Token? = nil) throws {
        (vault, self.opened) = (opened.vault, opened)
        switch (opened.tokenRoot, opened.former) {
        case (nil, nil): engine = try SoftwareKeyEngine(vault, threads: KeyGround.processors)
        case (nil, .software(let key)):
            engine = try SoftwareKeyEngine(vault, former: key, threads: KeyGround.processors)
        case (nil, .token), (nil, .otherToken):
            throw SetupError("the root file tells of a former root in an HSM, and there is no HSM")
        case (let root?, let former):
            let before: DeviceKeyEngine.Former? =
                switch former {
                case nil: nil
                case .software(let key): .software(key)
                case .token(let id): .token(id: id)
                case .otherToken(let id): .otherToken(TokenRoot(try KeyGround.former(formerToken), id: id))
                }
            engine = try DeviceKeyEngine(root, former: before, log: log)
        }
    }

    private static func former(_ token: Token?) throws -> Token {
        guard let token else {
            throw SetupError(
                "This data is on its way from one HSM to another: gatehouse rekey has not come to its end. Run it again, with the "
                    + "same options, before the server is started.")
        }
        return token
    }

    private static var processors: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
