import CSystem
import Crypto
import Glibc
import Journal
import S3Service
import KeyEngine
import KeyVault
import Storage
import World

/// `gatehouse doctor`: looks at the installation and the data folder, and says what to mend. Changes nothing.
enum DoctorCommand {
    static let known: [Options.Known] =
        [.init("data", "DIR", variable: "GATEHOUSE_DATA", "the server's data folder (./data)")] + RootSettings.known

    /// One thing looked at: fine, or what to do.
    struct Finding {
        let what: String
        var problem: String?
        var isNote = false

        /// Something to know, which is no fault.
        static func note(_ what: String) -> Finding { Finding(what: what, isNote: true) }

        var line: String { problem.map { "MEND  \(what): \($0)" } ?? (isNote ? "note  " : "ok    ") + what }
    }

    private static let more = """

        Beside a running server its folder, its keys and what protects them are looked at, and the server is asked; it wants
        gatehouse:GetKeyProtection. The data are for a stopped server.

        \(ServerAccess.helpOnKeys)

        Exit status: 0 nothing is to be mended, 1 something is, 2 the command line is wrong.
        """

    static func run(_ arguments: [String]) throws {
        try CoreDumps.forbid()
        let environment = ProcessEnvironment.read()
        let options = try Options(arguments, command: "doctor", known: known, environment: environment)
        guard !options.wantsHelp else {
            print(Options.help("doctor", "Checks the installation and the data folder.", known) + "\n" + more)
            return
        }
        let folder = options["data"] ?? "./data"
        let findings = check(folder, try RootSettings(options, dataFolder: folder), environment)
        for finding in findings { print(finding.line) }
        let problems = findings.filter { $0.problem != nil }.count
        print(problems == 0 ? "Nothing to mend." : "\(problems) to mend.")
        if problems > 0 { exit(1) }
    }

    private static func check(
        _ folder: String, _ root: RootSettings, _ environment: [String: String]
    ) -> [Finding] {
        var findings = [Finding(what: "gatehouse \(CommandLineTool.version)", problem: nil)]
        guard access(folder, F_OK) == 0 || gh_errno() == EACCES else {
            return findings + [
                Finding(what: "data folder \(folder)", problem: "not there yet; gatehouse serve makes it")
            ]
        }
        // Opening it would make it one.
        guard DataFolder.isOne(folder) else {
            return findings + [
                Finding(
                    what: "data folder \(folder)",
                    problem: "this is no data folder of Gatehouse; name the server's with --data")
            ]
        }
        findings.append(mode(folder, "data folder", allowed: 0o700))
        let kind = PrivateText.read(folder + "/root").flatMap { RootKind(Array($0.utf8)) } ?? .keyFile
        if root.hsm == nil, root.passphraseFile == nil, kind == .keyFile {
            findings.append(mode(root.keyFile, "key file", allowed: 0o600))
        }
        if let file = root.passphraseFile { findings += passphrase(file, folder) }
        if let hsm = root.hsm { findings.append(mode(hsm.pinFile, "PIN file", allowed: 0o600)) }
        findings.append(mode(folder + "/" + CredentialsFile.name, "root keys", allowed: 0o600, isOptional: true))
        do {
            let opened = try DataFolder.open(folder)
            defer { opened.close() }
            findings.append(memory())
            let keys = try KeyGround.open(folder, root, mayCreate: false, isReadOnly: true)
            let what = root.hsm != nil ? "HSM" : root.passphraseFile != nil ? "passphrase" : "key file"
            findings.append(Finding(what: "the \(what) opens the data", problem: nil))
            findings.append(Finding(what: ProtectionStatus(keys.engine.status).text, problem: nil))
            if keys.engine.hasFormer {
                findings.append(
                    Finding(
                        what: "change of the root key",
                        problem: "it is not finished: start the server, or run gatehouse rekey again"))
            }
            findings += try data(opened, keys)
        } catch StorageError.inUse(_, let process) {
            findings += running(folder, process, environment)
        } catch {
            findings.append(Finding(what: "opening the data", problem: "\(error)"))
        }
        return findings
    }

    /// The file, and what is in it.
    private static func passphrase(_ file: String, _ folder: String) -> [Finding] {
        let isShort = (try? SecretPassphrase(file: file, dataFolder: folder)).map { !$0.isLongEnough } ?? false
        let short =
            "shorter than \(SecretPassphrase.leastCount) bytes: gatehouse rekey --new-passphrase-file FILE, with a longer one"
        return [
            mode(file, "passphrase file", allowed: 0o600),
            Finding(what: "length of the passphrase", problem: isShort ? short : nil),
        ]
    }

    private static func memory() -> Finding {
        Finding(
            what: "memory of keys",
            problem: SecretMemory.isLocked
                ? nil : "it cannot be locked, and may reach the swap: \(ProtectionStatus.remedyOfMemory)")
    }

    private static func archive(_ kept: PolicyArchive.Findings) -> String? {
        if kept.damaged > 0 {
            return "\(kept.damaged) were changed from outside: decisions that stood on them cannot be explained"
        }
        return kept.bereft.map { "those of record \($0) are not there: they were removed from outside" }
    }

    private static func mode(_ path: String, _ what: String, allowed: mode_t, isOptional: Bool = false) -> Finding {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return Finding(what: "\(what) \(path)", problem: isOptional ? nil : "not there")
        }
        let open = status.st_mode & 0o777 & ~allowed
        return Finding(
            what: "\(what) \(path)",
            problem: open == 0 ? nil : "others can get at it; chmod \(String(allowed, radix: 8)) \(path)")
    }

    private static func data(_ folder: DataFolder, _ keys: KeyGround) throws -> [Finding] {
        let log = Log(level: .error, clock: SystemClock())
        let store = try Store(in: folder, schema: House.schema, options: .asItIs, log: log)
        defer { store.close() }
        try RootCheck.require(store, keys)
        return try journal(store) + contents(folder, store)
    }

    /// What buckets hold, what the folder takes, and what the scrubber found.
    private static func contents(_ folder: DataFolder, _ store: Store) throws -> [Finding] {
        let (usage, damaged, settings, unchecked) = try store.read {
            (
                try S3Service.usage($0), try DamagedContent.all($0), try DamagedSettings.all($0),
                try Scrubber.unchecked($0)
            )
        }
        var findings = [
            Finding(
                what: "data folder: \(Progress.size(size(folder.path))) on the disk, of which the database "
                    + "\(Progress.size(size(folder.path + "/gatehouse.db"))) and contents of objects "
                    + Progress.size(size(folder.path + "/blobs")), problem: nil),
            Finding(
                what: "S3: \(usage.count) buckets, \(usage.reduce(0) { $0 + $1.objects }) objects, "
                    + Progress.size(usage.reduce(0) { $0 + $1.bytes }), problem: nil),
        ]
        findings += usage.sorted { $0.bytes > $1.bytes }.prefix(10).map {
            Finding(what: "      \($0.name): \($0.objects) objects, \(Progress.size($0.bytes))", problem: nil)
        }
        findings += settings.map {
            Finding(
                what: $0.what, problem: "it cannot be read, and is not carried out: set it anew, or restore a backup")
        }
        if let unchecked, unchecked > 0 {
            findings.append(
                Finding(
                    what:
                        "S3: \(unchecked) contents, under keys of KMS or of customers, are not checkable without their key: "
                        + "a former version wrote them. A copy of such an object onto itself is", problem: nil))
        }
        return findings
            + damaged.map {
                Finding(
                    what: "content of \($0.bucket)/\($0.key)",
                    problem: "\($0.problem), found \($0.found.iso8601): put the object again, or restore a backup")
            }
    }

    /// Of a file, or of all below a folder, in bytes of the disk.
    private static func size(_ path: String) -> Int64 {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        var bytes = Int64(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return bytes }
        for name in (try? TextFile.names(in: path)) ?? [] { bytes += size(path + "/" + name) }
        return bytes
    }

    private static func journal(_ store: Store) throws -> [Finding] {
        let index = JournalIndex()
        let (count, broken, indexed, astray, kept) = try store.read { snapshot in
            (
                try Journal.recordCount(snapshot), try Journal.verify(snapshot),
                try index.recordCount(snapshot), try index.verify(snapshot), try PolicyArchive.verify(snapshot)
            )
        }
        let problem = broken.map { "record \($0) does not fit the chain: the journal was changed from outside" }
        let indexProblem = astray.map {
            "what is indexed from record \($0) on does not fit the records: look-ups may miss some; the index was changed "
                + "from outside"
        }
        return [
            Finding(what: "journal, \(count) records, hash chain", problem: problem),
            Finding(what: "journal index, \(indexed) records", problem: indexProblem),
            Finding(what: "policies of past decisions, \(kept.sets) sets", problem: archive(kept)),
        ]
    }
}
