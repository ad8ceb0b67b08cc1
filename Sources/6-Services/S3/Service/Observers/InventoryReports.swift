import AWS
public import Blobs
import Crypto
public import Door
import Formats
public import Observers
import S3API
import Smithy
public import Storage
import Synchronization
public import World

/// Writes the inventories that are due, and delivers them.
///
/// A report is a few files of lines, then what names them: `symlink.txt`, `manifest.json` and, when all is there,
/// `manifest.checksum`. Each file is one delivery; what the list has come to is noted in the transaction that makes it an
/// object, so that a report goes on after a crash where it was, and a file that was being written is written again.
/// - Source: S3 User Guide, "Amazon S3 Inventory", "Locating your inventory list".
public final class InventoryReports: Chore {
    /// For the operator.
    public let name = "inventories"
    private let store: Store
    private let objects: Objects
    private let calls: ServiceCalls
    private let world: World
    private let limits: InventoryLimits
    /// When a report could not go on.
    private let failed = Pauses<InventoryRun.Name>()
    private let failures = Atomic<Int64>(0)

    static let service = "s3.amazonaws.com"

    /// - Parameter calls: in the name of S3.
    public convenience init(
        _ store: Store, _ blobs: any BlobStore, _ cipher: ObjectCipher, names: any PrincipalNames,
        factors: any SecondFactors, _ calls: ServiceCalls, _ world: World
    ) {
        self.init(store, Objects(buckets: Buckets(names: names), blobs, cipher, world, factors), calls, world)
    }

    init(
        _ store: Store, _ objects: Objects, _ calls: ServiceCalls, _ world: World,
        limits: InventoryLimits = InventoryLimits()
    ) {
        (self.store, self.objects, self.calls, self.world, self.limits) = (store, objects, calls, world, limits)
    }

    /// Deliveries that failed since the start.
    public var failedDeliveries: Int { Int(failures.load(ordering: .relaxed)) }

    /// One step of one report.
    public func tend(_ now: Instant) async throws -> Bool {
        let (isDue, names) = try store.read { snapshot in
            (try InventoryRun.isAnyDue(at: now, snapshot), try InventoryRun.names(snapshot))
        }
        if isDue {
            let damaged = try await store.write(.written) { transaction in
                transaction.changesOnlyRecords()
                return try InventoryRun.begin(at: now, in: &transaction)
            }
            for name in damaged { tellDamage(name) }
            return true
        }
        guard let next = names.first(where: { !failed.hold($0, at: now, milliseconds: limits.rest) }) else {
            return false
        }
        let found: InventoryRun?
        do { found = try store.read { snapshot in try InventoryRun.find(next, snapshot) } } catch let error
            as StorageError
        {
            // Not this report's fault: the runner tells of it, and tries again.
            throw error
        } catch {
            rest(next, now)
            tellDamage(next)
            return true
        }
        guard let run = found else { return false }
        do { try await step(run) } catch { fail(run, error, now) }
        return true
    }

    private func rest(_ name: InventoryRun.Name, _ now: Instant) {
        failed.begin(name, at: now)
        failures.wrappingAdd(1, ordering: .relaxed)
    }

    private func tellDamage(_ name: InventoryRun.Name) {
        world.log(
            .error, "an inventory configuration cannot be read; it rests, and gatehouse doctor says more",
            ["bucket": "\(name.bucket)", "id": name.id])
    }

    private func fail(_ run: InventoryRun, _ error: any Error, _ now: Instant) {
        if (error as? S3Refusal) == InventoryRun.overtaken { return }
        rest(run.name, now)
        let reason = (error as? any ServiceError).map { "\($0.code): \($0.message)" } ?? "\(error)"
        world.log(
            .warning, "an inventory is not delivered; it is tried again",
            ["bucket": run.source, "id": run.plan.id, "destination": run.plan.destination, "reason": reason])
    }

    private func step(_ run: InventoryRun) async throws {
        switch run.stage {
        case .data: try await writeData(run)
        case .symlink:
            let links = try files(run).map { "s3://\(run.plan.destination)/\($0.key)" }
            let time = run.started.fileTime
            try await deliver(
                Array(links.joined(separator: "\n").utf8),
                as: "hive/dt=\(time.day)-\(time.hour)-\(time.minute)/symlink.txt", of: run, next: .manifest)
        case .manifest:
            try await deliver(
                try manifest(run), as: "\(run.started.folderTime)/manifest.json", of: run, next: .checksum)
        case .checksum:
            let checksum = Hexadecimal.encode(MD5.hash(try manifest(run)))
            try await deliver(checksum, as: "\(run.started.folderTime)/manifest.checksum", of: run, next: nil)
        }
    }

    private func files(_ run: InventoryRun) throws -> [InventoryRun.File] { try store.read { try run.files($0) } }

    /// The next file of lines; where there are no more, the next stage.
    private func writeData(_ run: InventoryRun) async throws {
        let (bucket, hasLists) = try source(run)
        let line = InventoryLine(plan: run.plan, bucket: bucket, hasLists: hasLists)
        let pages = InventoryPages(run, line, store, limits)
        guard try pages.hasMore(after: run.position) else {
            return try await store.write(.written) { transaction in
                transaction.changesOnlyRecords()
                try run.advance(to: .symlink, in: &transaction)
            }
        }
        let key = run.plan.folder(of: run.source) + "data/\(world.identifiers.uuid()).csv.gz"
        let operation = DeliverObject(
            objects, check: { try run.plan.check($0, from: bucket.location) },
            content: { give in try await pages.write(from: run.position, give) },
            also: { _, delivered, transaction in
                try run.add(
                    InventoryRun.File(key: key, size: delivered.size, md5: delivered.md5), through: pages.position,
                    isEnd: pages.isAtEnd, in: &transaction)
            })
        try await perform(operation, key, "application/x-gzip", run, bucket)
    }

    private func deliver(
        _ bytes: [UInt8], as name: String, of run: InventoryRun, next: InventoryRun.Stage?
    ) async throws {
        let bucket = try source(run).bucket
        let operation = DeliverObject(
            objects, check: { try run.plan.check($0, from: bucket.location) },
            content: { give in try await give(bytes) },
            also: { _, _, transaction in
                if let next {
                    try run.advance(to: next, in: &transaction)
                } else {
                    try run.finish(in: &transaction)
                }
            })
        let type = name.hasSuffix(".json") ? "application/json" : "text/plain"
        try await perform(operation, run.plan.folder(of: run.source) + name, type, run, bucket)
    }

    /// As AWS's own example of a policy for the destination demands, the bucket's owner is given full control.
    /// - Source: S3 User Guide, "Bucket policy examples", "Grant permissions for S3 Inventory and S3 analytics".
    private func perform(
        _ operation: DeliverObject, _ key: String, _ type: String, _ run: InventoryRun, _ bucket: Bucket
    ) async throws {
        var input = S3.PutObject.Input()
        (input.bucket, input.key, input.contentType) = (run.plan.destination, key, type)
        input.aCL = .bucketOwnerFullControl
        if run.plan.isEncrypted { input.serverSideEncryption = .aes256 }
        _ = try await calls.perform(
            operation, input, by: InventoryReports.service,
            for: ServiceSource(arn: bucket.arn, account: bucket.account), in: bucket.region)
    }

    private func source(_ run: InventoryRun) throws -> (bucket: Bucket, hasLists: Bool) {
        let target = try store.read { try objects.buckets.find(run.source, in: $0) }
        guard let bucket = target.bucket, bucket.id == run.bucket else { throw InventoryRun.overtaken }
        return (bucket, target.lists.ownership.hasLists)
    }

    private func manifest(_ run: InventoryRun) throws -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("sourceBucket", run.source)
        json.member("destinationBucket", Bucket.arn(run.plan.destination))
        json.member("version", "2016-11-30")
        json.member("creationTimestamp", String(run.started.milliseconds))
        json.member("fileFormat", "CSV")
        json.member("fileSchema", run.plan.columns.joined(separator: ", "))
        json.key("files")
        json.beginArray()
        for file in try files(run) {
            json.beginObject()
            json.member("key", file.key)
            json.key("size")
            json.integer(file.size)
            json.member("MD5checksum", String(decoding: Hexadecimal.encode(file.md5), as: UTF8.self))
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }
}

/// How much is read and written at once.
struct InventoryLimits: Sendable {
    /// Versions in a read transaction, and in a file.
    var page = 1000
    var file = 100_000
    /// Milliseconds until what failed is tried again.
    var rest: Int64 = 3_600_000
}

/// The lines of one file, read a page at a time.
private final class InventoryPages: Sendable {
    private let run: InventoryRun
    private let line: InventoryLine
    private let store: Store
    private let limits: InventoryLimits
    private let state: Lock<(position: InventoryRun.Position, isAtEnd: Bool)>

    private var bucket: Bucket { line.bucket }

    init(_ run: InventoryRun, _ line: InventoryLine, _ store: Store, _ limits: InventoryLimits) {
        (self.run, self.line, self.store, self.limits) = (run, line, store, limits)
        state = Lock((run.position, false))
    }

    /// Of the last line.
    var position: InventoryRun.Position { state.withLock { $0.position } }
    /// Whether nothing comes behind it.
    var isAtEnd: Bool { state.withLock { $0.isAtEnd } }

    func hasMore(after position: InventoryRun.Position) throws -> Bool {
        try store.read { snapshot throws -> Bool in try !versions(after: position, 1, snapshot).found.isEmpty }
    }

    func write(from start: InventoryRun.Position, _ give: ([UInt8]) async throws -> Void) async throws {
        let gzip = GzipWriter()
        var (position, isTruncated, left) = (start, true, limits.file)
        while isTruncated, left > 0 {
            let page = try store.read { snapshot throws -> Page in
                try self.page(after: position, min(left, limits.page), snapshot)
            }
            (position, isTruncated) = (page.last ?? position, page.isTruncated)
            left -= page.count
            let packed = gzip.add(page.text)
            if !packed.isEmpty { try await give(packed) }
        }
        try await give(gzip.finish())
        state.withLock { $0 = (position, !isTruncated) }
    }

    private struct Page {
        var text: [UInt8] = []
        var last: InventoryRun.Position?
        var count = 0
        let isTruncated: Bool
    }

    private func page(
        after position: InventoryRun.Position, _ limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> Page {
        let (found, isTruncated) = try versions(after: position, limit, snapshot)
        var page = Page(isTruncated: isTruncated)
        for (version, isLatest) in found {
            try line.append(version, isLatest: isLatest, to: &page.text, snapshot)
            page.last = InventoryRun.Position(key: version.key, place: version.place)
        }
        page.count = found.count
        return page
    }

    private func versions(
        after position: InventoryRun.Position, _ limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (found: [(version: StoredVersion, isLatest: Bool)], isTruncated: Bool) {
        let prefix = Array((run.plan.prefix ?? "").utf8)
        let isBeginning = position == .beginning
        if run.plan.listsVersions {
            let marker = isBeginning ? nil : VersionWalk.Marker(key: position.key, place: position.place)
            let walk = VersionWalk(prefix: prefix, delimiter: [], after: marker, limit: limit)
            let (entries, isTruncated) = try walk.entries(of: bucket, snapshot)
            let found = entries.compactMap { entry in
                if case .version(let version, let isLatest) = entry { (version, isLatest) } else { nil }
            }
            return (found, isTruncated)
        }
        let walk = KeyWalk(prefix: prefix, delimiter: [], marker: position.key, limit: limit)
        let (entries, isTruncated) = try walk.entries(of: bucket, snapshot)
        let found = entries.compactMap { entry in
            if case .object(let object) = entry { (StoredVersion.object(object), true) } else { nil }
        }
        return (found, isTruncated)
    }
}

extension Instant {
    /// The parts of a time that names of files have.
    fileprivate var fileTime: (day: String, hour: String, minute: String) {
        let date = CivilTime(self)
        let day = [
            LogLine.padded(date.year, 4), LogLine.padded(date.month, 2), LogLine.padded(date.day, 2),
        ].joined(separator: "-")
        return (day, LogLine.padded(date.hour, 2), LogLine.padded(date.minute, 2))
    }

    /// `2016-11-06T21-32Z`
    fileprivate var folderTime: String { "\(fileTime.day)T\(fileTime.hour)-\(fileTime.minute)Z" }
}
