import AWS
import Authorization
import Formats
import Glibc
import Simulation
import World

/// `gatehouse import FILE…`: re-creates a real account's users, groups, roles and policies, or MinIO's.
enum ImportCommand {
    static let known: [Options.Known] =
        ServerAccess.options + [
            .init("dry-run", nil, "say what would be done, and do nothing"),
            .init("keep-account-ids", nil, "leave the exported account's id in ARNs and policies as it is"),
            .init(
                "keys", "FILE",
                "make access keys for the MinIO users and service accounts made here, and write them to FILE (csv)"),
        ]

    private static let more = """

        FILE is what `aws iam get-account-authorization-details` printed (several files add up), or the archive of
        `mc admin cluster iam export`. Each entity is made by a call of its own, which wants the IAM permission, is checked
        as any other and has its record. What is there already is kept, and gets what the export gives it besides. Nothing is
        replaced: policies that are there under the same name, inline ones too, permissions boundaries and trust policies
        must be the export's, or the user, group or role is left as it is. So is a group that has policies besides those of
        the export: nobody is put into it. Whoever is in a group that is there gets what the export gives the group.
        Whoever has a policy or a group that cannot be had, or that is not what it was, gets none of the others. Secrets are
        never taken over. The file of --keys is made before anything else, and each key is written to it as soon as it is
        made. Users that were there get no key.

          aws iam get-account-authorization-details --profile real > account.json   (with the real account's keys)
          gatehouse import account.json

        \(ServerAccess.help)

        Exit status: 0 all was done, 3 something was not, 1 nothing could be done, 2 the command line is wrong.
        """

    private static let incompleteStatus: Int32 = 3

    static func run(_ arguments: [String]) throws {
        let environment = ProcessEnvironment.read()
        let options = try Options(
            arguments, command: "import", known: known, environment: environment, takesWords: true)
        guard !options.wantsHelp else {
            let help = Options.help("import", "Re-creates the users, groups, roles and policies of an export.", known)
            print(help.replacing("gatehouse import [OPTIONS]", with: "gatehouse import FILE… [OPTIONS]") + "\n" + more)
            return
        }
        guard !options.words.isEmpty else { throw UsageError("import needs a file", "gatehouse import --help") }
        let files = try options.words.map { (path: $0, bytes: try TextFile.read($0)) }
        let clock = SystemClock()
        let access = try ServerAccess(options, environment)
        let client = try access.client()
        let account = try ImportRun.account(client, clock)
        let plan = try plan(files, into: account, options, clock)
        guard !options.has("dry-run") else { return show(plan) }
        var run = ImportRun(client, clock, progress: tell)
        let report = try report(of: &run, plan, keys: options["keys"])
        show(report, plan, into: account)
        if !report.failures.isEmpty { exit(incompleteStatus) }
    }

    private static func report(of run: inout ImportRun, _ plan: ImportPlan, keys: String?) throws -> ImportRun.Report {
        guard let keys else { return try run.carryOut(plan, keepingKey: nil) }
        let file = try NewKeysFile(keys)
        do { return try run.carryOut(plan, keepingKey: { try file.add($0) }) } catch {
            file.discard()
            throw error
        }
    }

    private static func plan(
        _ files: [(path: String, bytes: [UInt8])], into account: AccountID, _ options: Options, _ clock: any Clock
    ) throws -> ImportPlan {
        if files.count == 1, ZipArchive.isArchive(files[0].bytes) {
            let archive = try explained(files[0].path) { try ZipArchive(files[0].bytes) }
            let export = try explained(files[0].path) { try MinIOExport(archive) }
            return try explained(files[0].path) { try MinIOPlan(export, into: account, now: clock.now()).plan }
        }
        guard options["keys"] == nil else {
            throw UsageError(
                "--keys is for MinIO's archives: an account's export has no keys", "gatehouse import --help")
        }
        var export = AccountExport()
        for file in files { try explained(file.path) { try export.add(file.bytes) } }
        guard !export.isTruncated else {
            throw SetupError(
                "\(files[files.count - 1].path) is not the last page (IsTruncated): name the others behind it")
        }
        return try AccountPlan(export, into: account, keepingAccountIDs: options.has("keep-account-ids")).plan
    }

    private static func explained<T: ~Copyable>(_ path: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch { throw SetupError("\(path): \(error)") }
    }

    /// On the standard error, where a person looks on.
    private static func tell(_ done: Int, _ count: Int) {
        guard done % 500 == 0, isatty(2) == 1 else { return }
        Log.standardError(Array("\(done) of \(count) calls\n".utf8))
    }

    private static func show(_ plan: ImportPlan) {
        for step in plan.steps {
            let name = step.parameters.first { ["PolicyName", "GroupName", "PolicyArn"].contains($0.name) }?.value
            print("\(step.operation)  \(step.subject)" + (name.map { step.existing == .kept ? "" : "  \($0)" } ?? ""))
        }
        for step in plan.steps {
            guard let refusal = step.refusal else { continue }
            print("would be refused: \(step.subject): \(refusal.error.message) \(refusal.mend)")
        }
        for note in plan.notes { print("note: \(note)") }
        print("\(plan.steps.count) calls would be made; nothing was done.")
    }

    private static func show(_ report: ImportRun.Report, _ plan: ImportPlan, into account: AccountID) {
        for failure in report.failures { print("not done: \(failure)") }
        for kept in report.kept { print("was there: \(kept)" + (report.keyless.contains(kept) ? ": no key made" : "")) }
        for note in plan.notes { print("note: \(note)") }
        let keys = report.newKeys.isEmpty ? "" : ", \(report.newKeys.count) access keys"
        print(
            "account \(account): \(report.made.count) made\(keys), \(report.kept.count) were there, "
                + "\(report.failures.count) not done")
        fflush(nil)
    }
}
