import CSystem
import Glibc
import KeyVault
import World

/// `gatehouse backup`: has a running server write all it holds into one encrypted file.
enum BackupCommand {
    static let known: [Options.Known] =
        ServerAccess.options + [.init("to", "FILE", "the new file")]

    private static let more = """

        The server goes on serving. The file holds everything that was acknowledged before the command began, and nothing
        of half a change. It is encrypted under a key that only the data folder's root opens: keep the key file, the passphrase or
        the HSM as well, and not beside it. A backup made before gatehouse rekey needs the root of its time.

        The server wants gatehouse:CreateBackup of whoever asks, and asks it of the first account alone. CloudTrail has a
        record of it.

        \(ServerAccess.help)
        """

    static func run(_ arguments: [String]) throws {
        let environment = ProcessEnvironment.read()
        let options = try Options(arguments, command: "backup", known: known, environment: environment)
        guard !options.wantsHelp else {
            print(Options.help("backup", "Backs up a running server into one encrypted file.", known) + "\n" + more)
            return
        }
        guard let file = options["to"] else { throw UsageError("--to FILE is missing", "gatehouse backup --help") }
        guard access(file, F_OK) != 0 else { throw SetupError("\(file) is there already: name a new file") }
        let client = try ServerAccess(options, environment).client()
        let part = file + ".part"
        var progress = Progress("received")
        // Another that is being written stays.
        let writer = try FileWriter(creating: part)
        do {
            try client.download(Backups.path, at: SystemClock().wallTime()) { bytes, total in
                try writer.write(bytes)
                progress.tell(bytes.count, of: total)
            }
            try writer.finish(syncing: true)
            guard link(part, file) == 0 else {
                throw SetupError("cannot write \(file): \(SystemFault.text(gh_errno()))")
            }
            unlink(part)
            sync()
        } catch {
            unlink(part)
            throw error
        }
        print("\(file)  \(Progress.size(progress.done)). Restore it with: \(restoring(file, options))")
    }

    /// The command that restores it, with the options of the root that its head names.
    private static func restoring(_ file: String, _ options: Options) -> String {
        let reader = try? FileReader(file)
        let kind = (try? BackupHead { try reader?.read($0) ?? [] }).flatMap { RootKind($0.root) } ?? .keyFile
        let keyFile = RootSettings.defaultKeyFile(options["data"] ?? "./data")
        let isHere = kind == .keyFile && !options.has("endpoint") && access(keyFile, F_OK) == 0
        let root = isHere ? "--key-file \(ShellText.word(keyFile))" : kind.options
        return "gatehouse restore --from \(ShellText.word(file)) --data DIR \(root)"
    }
}

/// Tells on standard error how far something long is, where somebody looks.
struct Progress {
    private let verb: String
    private(set) var done: Int64 = 0
    private var told: Int64 = 0
    private let isWatched = isatty(STDERR_FILENO) == 1

    /// Each so many bytes there is news.
    private static let step: Int64 = 64 << 20

    init(_ verb: String) { self.verb = verb }

    mutating func tell(_ bytes: Int, of total: Int64?) {
        done += Int64(bytes)
        guard isWatched, done >= told + Progress.step else { return }
        told = done
        let whole = total.map { " of \(Progress.size($0))" } ?? ""
        Log.standardError(Array("      \(verb) \(Progress.size(done))\(whole)\n".utf8))
    }

    /// `12.3 MB`
    static func size(_ bytes: Int64) -> String {
        var (value, unit) = (bytes * 10, 0)
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        while value >= 10_000, unit < units.count - 1 { (value, unit) = ((value + 500) / 1000, unit + 1) }
        return unit == 0 ? "\(bytes) bytes" : "\(value / 10).\(value % 10) \(units[unit])"
    }
}
