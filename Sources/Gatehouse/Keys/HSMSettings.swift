import KeyVault
import PKCS11

/// The PKCS #11 token that holds a root: which module, which token, whose PIN.
struct HSMSettings: Sendable, Equatable {
    let module: String
    let choice: TokenSettings.Choice
    let pinFile: String
    /// In seconds.
    let timeout: Int

    static let known: [Options.Known] = [
        .init(
            "hsm-module", "FILE", variable: "GATEHOUSE_HSM_MODULE",
            "keep the root in an HSM, reached through this PKCS #11 module"),
        .init("hsm-token", "LABEL", variable: "GATEHOUSE_HSM_TOKEN", "the HSM's token of that label"),
        .init("hsm-slot", "N", variable: "GATEHOUSE_HSM_SLOT", "the token in slot N instead"),
        .init(
            "hsm-pin-file", "FILE", variable: "GATEHOUSE_HSM_PIN_FILE",
            "the file with the token's user PIN, mode 0600"),
        .init(
            "hsm-timeout", "SECONDS", variable: "GATEHOUSE_HSM_TIMEOUT",
            "how long a request waits for the HSM before it fails (\(usualTimeout))"),
    ]

    private static let usualTimeout = TokenSettings.usualPatience / 1000

    /// Nil where no option speaks of an HSM.
    /// - Parameter prefix: of the options' names, such as `new-`.
    init?(_ options: Options, prefix: String = "") throws {
        let (module, token) = (options[prefix + "hsm-module"], options[prefix + "hsm-token"])
        let timeout = options[prefix + "hsm-timeout"]
        let (slot, pinFile) = (options[prefix + "hsm-slot"], options[prefix + "hsm-pin-file"])
        guard let module else {
            guard token == nil, slot == nil, pinFile == nil, timeout == nil else {
                throw SetupError(
                    "--\(prefix)hsm-token, -slot, -pin-file and -timeout go with --\(prefix)hsm-module FILE")
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
        guard let seconds = timeout.map(Int.init) ?? HSMSettings.usualTimeout, (1...600).contains(seconds) else {
            throw SetupError("--\(prefix)hsm-timeout is \"\(timeout ?? "")\"; it is 1 to 600 seconds")
        }
        (self.module, self.pinFile, self.timeout) = (module, pinFile, seconds)
    }

    /// The options that say the same.
    var words: String {
        let token =
            switch choice {
            case .label(let label): "--hsm-token \(ShellText.word(label))"
            case .slot(let number): "--hsm-slot \(number)"
            }
        let time = timeout == HSMSettings.usualTimeout ? "" : " --hsm-timeout \(timeout)"
        return "--hsm-module \(ShellText.word(module)) \(token) --hsm-pin-file \(ShellText.word(pinFile))" + time
    }

    /// - Parameter loaded: the module of another token of this process, if it is the same.
    func token(_ loaded: PKCS11Module? = nil) throws -> Token {
        let module = loaded?.path == module ? loaded : nil
        return Token(
            try module ?? PKCS11Module(path: self.module),
            TokenSettings(choice, pinFile: pinFile, patience: timeout * 1000))
    }
}
