import CSystem
import Glibc
import KeyVault
import PKCS11

/// What the root of a data folder is protected by: a key file, a passphrase, or an HSM.
struct RootSettings: Sendable {
    let keyFile: String
    let passphraseFile: String?
    let hsm: HSMSettings?
    private let dataFolder: String

    static let known: [Options.Known] =
        [
            .init(
                "key-file", "FILE", variable: "GATEHOUSE_KEY_FILE",
                "the file that unseals the data, never inside it (DIR.key)"),
            .init(
                "passphrase-file", "FILE", variable: "GATEHOUSE_PASSPHRASE_FILE",
                "unseal by the passphrase in FILE instead"),
        ] + HSMSettings.known

    init(_ options: Options, dataFolder: String, prefix: String = "") throws {
        let chosen = options[prefix + "key-file"]
        keyFile = chosen ?? RootSettings.defaultKeyFile(dataFolder)
        passphraseFile = options[prefix + "passphrase-file"]
        hsm = try HSMSettings(options, prefix: prefix)
        self.dataFolder = dataFolder
        guard passphraseFile == nil || chosen == nil else {
            throw SetupError("--\(prefix)key-file and --\(prefix)passphrase-file exclude each other")
        }
        guard hsm == nil || (chosen == nil && passphraseFile == nil) else {
            throw SetupError(
                "--\(prefix)hsm-module excludes --\(prefix)key-file and --\(prefix)passphrase-file: the root is in the HSM"
            )
        }
    }

    static func defaultKeyFile(_ folder: String) -> String {
        FilePlace.named(folder) + ".key"
    }

    func protection(_ loaded: PKCS11Module? = nil) throws -> RootProtection {
        if let hsm {
            try SecretFile.checkPlace(hsm.pinFile, "PIN file", dataFolder: dataFolder)
            return .hsm(try hsm.token(loaded))
        }
        guard let file = passphraseFile else { return .keyFile(path: keyFile) }
        // Such as <(pass show gatehouse): a server that is started again could not read it a second time.
        var status = stat()
        guard stat(file, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw SetupError(
                "The passphrase file \(file) is not a file: write the passphrase into a file of mode 0600 outside the data folder"
            )
        }
        return .passphrase(try SecretPassphrase(file: file, dataFolder: dataFolder))
    }
}
