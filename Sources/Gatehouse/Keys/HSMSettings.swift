import KeyVault
import PKCS11

/// The PKCS #11 token that holds a root: which module, which token, whose PIN.
struct HSMSettings: Sendable, Equatable {
    let module: String
    let choice: TokenSettings.Choice
    let pinFile: String

    static let known: [Options.Known] = [
        .init(
            "hsm-module", "FILE", variable: "GATEHOUSE_HSM_MODULE",
            "keep the root in an HSM, reached through this PKCS #11 module"),
        .init("hsm-token", "LABEL", variable: "GATEHOUSE_HSM_TOKEN", "the HSM's token of that label"),
        .init("hsm-slot", "N", variable: "GATEHOUSE_HSM_SLOT", "the token in slot N instead"),
        .init(
            "hsm-pin-file", "FILE", variable: "GATEHOUSE_HSM_PIN_FILE",
            "the file with the token's user PIN, mode 0600"),
    ]

    /// Nil where no option speaks of an HSM.
    /// - Parameter prefix: of the options' names, such as `new-`.
    init?(_ options: Options, prefix: String = "") throws {
        let (module, token) = (options[prefix + "hsm-module"], options[prefix + "hsm-token"])
        let (slot, pinFile) = (options[prefix + "hsm-slot"], options[prefix + "hsm-pin-file"])
        guard let module else {
            guard token == nil, slot == nil, pinFile == nil else {
                throw SetupError("--\(prefix)hsm-token, -slot and -pin-file go with --\(prefix)hsm-module FILE")
            }
            return nil
        }
        switch (token, slot) {
        case (let token?, nil): choice = .label(token)
        case (nil, let slot?):
            guard let number = UInt(slot) else {
                throw SetupError("--\(prefix)hsm-slot is \"\(slot)\"; it is a number")
            }
            choice = .slot(number)
        default:
            throw SetupError(
                "--\(prefix)hsm-module goes with one of --\(prefix)hsm-token LABEL and --\(prefix)hsm-slot N")
        }
        guard let pinFile else {
            throw SetupError("--\(prefix)hsm-module goes with --\(prefix)hsm-pin-file FILE, which holds the user's PIN")
        }
        (self.module, self.pinFile) = (module, pinFile)
    }

    /// - Parameter loaded: the module of another token of this process, if it is the same.
    func token(_ loaded: PKCS11Module? = nil) throws -> Token {
        let module = loaded?.path == module ? loaded : nil
        return Token(
            try module ?? PKCS11Module(path: self.module), TokenSettings(choice, pinFile: pinFile))
    }
}
