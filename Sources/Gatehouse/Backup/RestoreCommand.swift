import Blobs
import CSystem
import Crypto
import Glibc
import KeyVault
import S3Service
import Storage
import World

/// `gatehouse restore`: makes a data folder of a backup.
enum RestoreCommand {
    static let known: [Options.Known] =
        [
            .init("from", "FILE", "the backup"),
            .init("data", "DIR", variable: "GATEHOUSE_DATA", "the data folder to be made (./data)"),
            .init("check", nil, "make nothing: say whether the backup is whole, and opens"),
        ] + RootSettings.known

    private static let more = """

        The folder must not be there, or be empty. It is made beside its place and gets its name when all of the backup was
        found unchanged and the root fits: a restore that fails or is killed leaves nothing that would start.

        The root is that of the backup's time: the key file is DIR.key unless --key-file names another, and the server is
        started with the same option.
        """

    static func run(_ arguments: [String]) throws {
        try CoreDumps.forbid()
        let options = try Options(arguments, command: "restore", known: known, environment: ProcessEnvironment.read())
        guard !options.wantsHelp else {
            print(Options.help("restore", "Makes a data folder of a backup.", known) + "\n" + more)
            return
        }
        guard let file = options["from"] else { throw UsageError("--from FILE is missing", "gatehouse restore --help") }
        let folder = FilePlace.named(options["data"] ?? "./data")
        let settings = try RootSettings(options, dataFolder: folder)
        let isCheck = options.has("check")
        if !isCheck { try requireRoom(folder) }
        let place = "\(folder).restoring-\(getpid())"
        var restore = try Restore(FileReader(file), into: place, settings, keepsContents: !isCheck)
        do {
            try restore.run()
            if !isCheck { try RestoreFolder.move(place, to: folder) }
        } catch {
            try? RestoreFolder.remove(place)
            throw error
        }
        if isCheck { try RestoreFolder.remove(place) }
        let what = "\(restore.count) files, \(Progress.size(restore.progress.done))"
        print(
            isCheck
                ? "\(file) is whole, and the root opens it: \(what)."
                : "\(folder)  \(what). Start it with: gatehouse serve --data \(folder), and the options of its root")
    }

    private static func requireRoom(_ folder: String) throws {
        guard access(folder, F_OK) == 0 else { return }
        guard try RestoreFolder.isEmpty(folder) else {
            throw SetupError("\(folder) is there and not empty: name another folder, or move it away")
        }
    }
}

/// Reads a backup into a folder of its own.
struct Restore {
    private let reader: FileReader
    private let place: String
    private let settings: RootSettings
    /// False where it is only looked whether all is there.
    private let keepsContents: Bool
    /// The contents that are there.
    private var contents = FileTally()
    private var clear: [UInt8] = []
    private var number: UInt64 = 0
    private(set) var count = 0
    private(set) var progress = Progress("restored")

    init(_ reader: FileReader, into place: String, _ settings: RootSettings, keepsContents: Bool) throws {
        (self.reader, self.place, self.settings, self.keepsContents) = (reader, place, settings, keepsContents)
    }

    mutating func run() throws {
        let total = reader.left
        let head = try BackupHead { [reader] in try reader.read($0) }
        try RestoreFolder.make(place)
        let root = try FileWriter(creating: place + "/root")
        try root.write(head.root[...])
        try root.finish(syncing: true)
        let ground = try KeyGround.open(place, settings, mayCreate: false, isReadOnly: true)
        let cipher = try head.cipher(ground.vault)
        while let name = try name(cipher) {
            let length = try length(cipher)
            guard BackupEntry.isName(name) else { throw BackupHead.damaged }
            try write(name, length, cipher, of: total)
            count += 1
        }
        guard try length(cipher) == count, clear.isEmpty, reader.left == 0 else { throw BackupHead.damaged }
        try check(ground)
    }

    /// Nil at the end.
    private mutating func name(_ cipher: FrameCipher) throws -> String? {
        let length = Int(BackupEntry.number(try take(2, cipher)))
        return length == 0 ? nil : String(decoding: try take(length, cipher), as: UTF8.self)
    }

    private mutating func length(_ cipher: FrameCipher) throws -> Int64 {
        guard let length = Int64(exactly: BackupEntry.number(try take(8, cipher))) else { throw BackupHead.damaged }
        return length
    }

    private mutating func write(_ name: String, _ length: Int64, _ cipher: FrameCipher, of total: Int64) throws {
        let isContent = name.utf8.contains(UInt8(ascii: "/"))
        if isContent { contents.add(name, length) }
        let writer = keepsContents || !isContent ? try writer(name) : nil
        var left = length
        while left > 0 {
            let part = try take(Int(min(left, Int64(FrameCipher.size))), cipher)
            try writer?.write(part[...])
            progress.tell(part.count, of: total)
            left -= Int64(part.count)
        }
        try writer?.finish(syncing: true)
    }

    private func writer(_ name: String) throws -> FileWriter {
        if let slash = name.lastIndex(of: "/") { try RestoreFolder.makeAll(place, String(name[..<slash])) }
        return try FileWriter(creating: place + "/" + name)
    }

    /// The next bytes of the content.
    private mutating func take(_ count: Int, _ cipher: FrameCipher) throws -> [UInt8] {
        while clear.count < count {
            let sealed = try reader.read(FrameCipher.size + AESGCM.tagByteCount)
            guard !sealed.isEmpty else { throw BackupHead.damaged }
            do { clear += try cipher.open(sealed, number: number, isLast: reader.left == 0) } catch {
                throw BackupHead.damaged
            }
            number += 1
        }
        defer { clear.removeFirst(count) }
        return Array(clear.prefix(count))
    }

    /// Opens the database, and looks whether the files are those that it names.
    private func check(_ ground: KeyGround) throws {
        sync()
        let folder = try DataFolder.open(place)
        defer { folder.close() }
        let store = try Store(in: folder, schema: House.schema, log: Log(level: .error, clock: SystemClock()))
        defer { store.close() }
        try RootCheck.require(store, ground)
        var named = FileTally()
        try store.read { snapshot in
            try S3Service.eachFile(snapshot) { id, length in named.add(FileBlobStore.name(of: id), length) }
        }
        guard named == contents else { throw BackupHead.damaged }
    }
}
