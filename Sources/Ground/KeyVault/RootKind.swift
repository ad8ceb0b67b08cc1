/// What protects the root of a data folder, as its file `root` says it in clear.
public enum RootKind: Sendable {
    case keyFile, passphrase, hsm

    /// Nil where it is no such file.
    /// - Parameter file: the bytes of a file `root`, of a folder or at the head of a backup.
    public init?(_ file: [UInt8]) {
        guard let parsed = try? RootFile(parsing: file, RootKey.fileName) else { return nil }
        self.init(parsed.method)
    }

    init(_ method: RootFile.Method) {
        self =
            switch method {
            case .hsm: .hsm
            case .keyFile: .keyFile
            case .passphrase: .passphrase
            }
    }

    /// The options of a command line that name it.
    public var options: String {
        switch self {
        case .hsm: "--hsm-module FILE --hsm-token LABEL --hsm-pin-file FILE"
        case .keyFile: "--key-file FILE"
        case .passphrase: "--passphrase-file FILE"
        }
    }
}
