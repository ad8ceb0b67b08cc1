import AWS
import Blobs
@testable import Door
import HTTP
import S3API
@testable import S3Service
import Storage
import Testing
import World

/// Defends server access logs and inventories below the wire: lines nobody can forge, records that are delivered once, and
/// reports that go on where they were.
@Suite struct DeliveryTests {
    private let yard: Yard
    private let log: AccessLog

    init() async throws {
        var options = BlobOptions()
        (options.frame, options.inlineLimit) = (64, 32)
        yard = try Yard(options)
        log = AccessLog(yard.store, yard.world.log, limit: 2_000)
        for name in ["box", "logs"] { try await yard.makeBucket(name) }
    }

    private func permit(_ service: String, on target: String) async throws {
        let statement =
            #"{"Effect":"Allow","Principal":{"Service":"\#(service)"},"Action":"s3:PutObject","#
            + #""Resource":"arn:aws:s3:::\#(target)/*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}"#
        try await yard.setPolicy(#"{"Version":"2012-10-17","Statement":[\#(statement)]}"#, on: target)
    }

    private func turnOn(_ source: String = "box", to target: String = "logs") async throws {
        _ = try await yard.gate.run(
            PutBucketLogging(buckets: yard.buckets),
            S3.PutBucketLogging.Input(
                bucket: source,
                bucketLoggingStatus: .init(loggingEnabled: .init(targetBucket: target, targetPrefix: "p/"))),
            yard.root)
    }

    private static func head(_ target: String, agent: String) -> RequestHead {
        let raw = Array("GET\(target)user-agent\(agent)".utf8)
        let (start, name) = (3 + target.utf8.count, 13 + target.utf8.count)
        return RequestHead(
            raw: raw, method: 0..<3, target: 3..<start, fields: [.init(name: start..<name, value: name..<raw.count)],
            isHTTP11: true,
            connection: ConnectionFacts(peerAddress: "192.0.2.7", isLoopback: false, localPort: 443, tls: nil))
    }

    private func request(
        _ bucket: String = "box", target: String = "/box/k", agent: String = "a", notes: RequestNotes.Facts = .init()
    ) throws -> LoggedRequest {
        LoggedRequest(
            bucket: log.watch(bucket), head: DeliveryTests.head(target, agent: agent), operation: "GetObject",
            key: Array("k".utf8), version: nil, notes: notes, status: 200, bytesSent: 4, objectSize: 4,
            received: yard.clock.now(), totalTime: 2, turnAroundTime: 1)
    }

    private func delivery(_ limits: DeliveryLimits = DeliveryLimits()) -> AccessLogDelivery {
        AccessLogDelivery(
            yard.store, yard.objects, ServiceCalls(yard.gate), yard.world, every: 300, limits: limits)
    }

    private func keys(_ bucket: String = "logs") async throws -> [String] {
        let answer = try await yard.gate.run(
            ListObjectsV2(buckets: yard.buckets), S3.ListObjectsV2.Input(bucket: bucket), yard.root)
        return (answer.contents ?? []).compactMap(\.key)
    }

    private func waiting() throws -> Int64 {
        try yard.store.read { try $0.number("SELECT count(*) FROM s3_log_record") }
    }

    @Test func whatARequestSaysEndsNeitherItsFieldNorItsLine() throws {
        let bucket = WatchedBucket(id: 1, name: "box", owner: "owner")
        var facts = RequestNotes.Facts()
        (facts.requestID, facts.hostID) = ("ID", "HOST")
        facts.deleted = [.init(key: "a b\n\"", version: "v 1", status: 204, code: nil)]
        let given = try request(
            target: "/box/k?X-Amz-Signature=s&x%2Damz-security-token=t&y=1", agent: "a\" b\r\n\u{e9}", notes: facts)
        let line = LogLine(given, for: bucket)
        #expect(
            String(decoding: line.whole, as: UTF8.self)
                == "owner box [04/Mar/2026:05:06:07 +0000] 192.0.2.7 - ID REST.GET.OBJECT k "
                + #""GET /box/k?X-Amz-Signature=REDACTED&x%2Damz-security-token=REDACTED&y=1 HTTP/1.1" 200 - 4 4 2 1 "-" "#
                + #""a%22 b%0D%0A%C3%A9" - HOST - - - - - - - -"#)
        #expect(
            String(decoding: line.deleted(facts.deleted[0]), as: UTF8.self)
                == "owner box [04/Mar/2026:05:06:07 +0000] 192.0.2.7 - ID BATCH.DELETE.OBJECT a%20b%0A%22 - 204 - - - - - "
                + "- - v%201 HOST - - - - - - - -")
    }

    @Test func operationsHaveTheNamesOfLogs() {
        let names = [
            ("GetBucketVersioning", "GET", "REST.GET.VERSIONING"), ("PutBucketCors", "PUT", "REST.PUT.CORS"),
            ("GetBucketOwnershipControls", "GET", "REST.GET.OWNERSHIP_CONTROLS"),
            ("HeadObject", "HEAD", "REST.HEAD.OBJECT"),
            ("GetPublicAccessBlock", "GET", "REST.GET.PUBLIC_ACCESS_BLOCK"), ("CopyObject", "PUT", "REST.COPY.OBJECT"),
            ("GetObjectLockConfiguration", "GET", "REST.GET.OBJECT_LOCK_CONFIGURATION"),
            ("PutBucketInventoryConfiguration", "PUT", "REST.PUT.INVENTORY"), ("GetBucketAcl", "GET", "REST.GET.ACL"),
            ("GetBucketNotificationConfiguration", "GET", "REST.GET.NOTIFICATION"),
            ("DeleteBucketTagging", "DELETE", "REST.DELETE.TAGGING"),
        ]
        for (operation, method, name) in names {
            #expect(LoggedOperation.name(operation, method: method, isOnObject: false) == name)
        }
        #expect(LoggedOperation.name(nil, method: "OPTIONS", isOnObject: true) == "REST.OPTIONS.PREFLIGHT")
    }

    @Test func recordsAreDeliveredOnceInPortions() async throws {
        #expect(log.watch("box") == nil)
        try await turnOn()
        try await permit(AccessLogDelivery.service, on: "logs")
        for _ in 0..<5 { await log.write(try request()) }
        var limits = DeliveryLimits()
        limits.records = 2
        let delivery = delivery(limits)
        #expect(try await !delivery.tend(yard.clock.now()))
        #expect(try waiting() == 5)
        yard.clock.advance(by: .seconds(301))
        while try await delivery.tend(yard.clock.now()) {}
        #expect(try await keys().count == 3)
        #expect(try waiting() == 0)
        #expect(try yard.store.read { try $0.number("SELECT pending FROM s3_bucket_logging") } == 0)
    }

    @Test func whatFindsNoRoomIsCounted() async throws {
        try await turnOn()
        for _ in 0..<50 { await log.write(try request()) }
        let kept = try waiting()
        #expect(kept > 5 && kept < 50 && log.lostRecords == 50 - Int(kept))
    }

    @Test func anotherBucketOfTheNameIsNotLogged() async throws {
        try await turnOn()
        let before = try request()
        _ = try await yard.gate.run(DeleteBucket(objects: yard.objects), .init(bucket: "box"), yard.root)
        _ = try await yard.gate.run(CreateBucket(buckets: yard.buckets), .init(bucket: "box"), yard.stranger)
        await log.write(before)
        #expect(try waiting() == 1)
        try await permit(AccessLogDelivery.service, on: "logs")
        yard.clock.advance(by: .seconds(301))
        while try await delivery().tend(yard.clock.now()) {}
        #expect(try await keys().count == 1)
        yard.clock.advance(by: .seconds(301))
        _ = try await delivery().tend(yard.clock.now())
        #expect(try yard.store.read { try $0.number("SELECT count(*) FROM s3_bucket_logging") } == 0)
    }

    @Test func aTargetThatCeasedToBeFitGetsNothing() async throws {
        try await turnOn()
        try await permit(AccessLogDelivery.service, on: "logs")
        await log.write(try request())
        _ = try await yard.gate.run(
            PutBucketEncryption(buckets: yard.buckets),
            S3.PutBucketEncryption.Input(
                bucket: "logs",
                serverSideEncryptionConfiguration: .init(rules: [
                    .init(applyServerSideEncryptionByDefault: .init(sSEAlgorithm: .awsKms))
                ])), yard.root)
        yard.clock.advance(by: .seconds(301))
        let delivery = delivery()
        _ = try await delivery.tend(yard.clock.now())
        #expect(try waiting() == 1)
        #expect(delivery.failedDeliveries == 1)
        // It is not tried again with every look.
        #expect(try await !delivery.tend(yard.clock.now()))
        #expect(delivery.failedDeliveries == 1)
    }

    @Test func aDamagedConfigurationHoldsUpNoOther() async throws {
        try await yard.put("k", [1], in: "box")
        try await permit(InventoryReports.service, on: "logs")
        for id in ["a", "b", "c"] {
            let configuration = S3.InventoryConfiguration(
                destination: .init(s3BucketDestination: .init(bucket: "arn:aws:s3:::logs", format: .csv)),
                isEnabled: true, id: id, includedObjectVersions: .all, schedule: .init(frequency: .daily))
            _ = try await yard.gate.run(
                PutBucketInventoryConfiguration(buckets: yard.buckets),
                .init(bucket: "box", id: id, inventoryConfiguration: configuration), yard.root)
        }
        let reports = InventoryReports(yard.store, yard.objects, ServiceCalls(yard.gate), yard.world)
        func damage(_ id: String) async throws {
            try await yard.store.write { transaction in
                try transaction.run("UPDATE s3_inventory SET configuration = '{' WHERE id = ?", .text(id))
            }
        }
        // Before its report begins, and while it is written.
        try await damage("a")
        #expect(try await reports.tend(yard.clock.now()))
        try await damage("b")
        for _ in 0..<20 { guard try await reports.tend(yard.clock.now()) else { break } }
        let made = try await keys()
        #expect(made.contains { $0.hasPrefix("box/c/") && $0.hasSuffix("manifest.checksum") })
        #expect(!made.contains { $0.hasPrefix("box/a/") || $0.hasPrefix("box/b/") })
        #expect(
            try yard.store.read { try DamagedSettings.all($0).map(\.what) } == [
                "inventory a of box", "inventory b of box",
            ])
    }

    @Test func whatAClockThatWasAheadPutOffIsDue() async throws {
        try await permit(InventoryReports.service, on: "logs")
        let configuration = S3.InventoryConfiguration(
            destination: .init(s3BucketDestination: .init(bucket: "arn:aws:s3:::logs", format: .csv)), isEnabled: true,
            id: "all", includedObjectVersions: .all, schedule: .init(frequency: .weekly))
        _ = try await yard.gate.run(
            PutBucketInventoryConfiguration(buckets: yard.buckets),
            .init(bucket: "box", id: "all", inventoryConfiguration: configuration), yard.root)
        let reports = InventoryReports(yard.store, yard.objects, ServiceCalls(yard.gate), yard.world)
        func due() throws -> Int64 { try yard.store.read { try $0.number("SELECT due FROM s3_inventory") } }
        while try await reports.tend(yard.clock.now()) {}
        let next = try due()
        for (days, isDue) in [(7, false), (8, true)] as [(Int64, Bool)] {
            let put = (yard.clock.now() + .seconds(days * 86_400)).milliseconds
            try await yard.store.write { transaction in
                try transaction.run("UPDATE s3_inventory SET due = ?", .int(put))
            }
            #expect(try await reports.tend(yard.clock.now()) == isDue)
            #expect(try due() == (isDue ? next : put))
        }
    }

    @Test func aReportGoesOnWhereItWas() async throws {
        for number in 0..<7 { try await yard.put("k\(number)", [1, 2, 3], in: "box") }
        try await permit(InventoryReports.service, on: "logs")
        let configuration = S3.InventoryConfiguration(
            destination: .init(s3BucketDestination: .init(bucket: "arn:aws:s3:::logs", format: .csv)), isEnabled: true,
            id: "all", includedObjectVersions: .all, schedule: .init(frequency: .weekly))
        let put = PutBucketInventoryConfiguration(buckets: yard.buckets)
        let input = S3.PutBucketInventoryConfiguration.Input(
            bucket: "box", id: "all", inventoryConfiguration: configuration)
        _ = try await yard.gate.run(put, input, yard.root)
        var limits = InventoryLimits()
        (limits.page, limits.file) = (2, 3)
        // A new one for each step, as after a crash.
        func step() async throws -> Bool {
            try await InventoryReports(
                yard.store, yard.objects, ServiceCalls(yard.gate), yard.world, limits: limits
            ).tend(yard.clock.now())
        }
        for _ in 0..<3 { #expect(try await step()) }
        #expect(try await keys().allSatisfy { $0.hasPrefix("box/all/data/") })
        while try await step() {}
        let made = try await keys()
        #expect(made.filter { $0.hasPrefix("box/all/data/") }.count == 3)
        #expect(made.contains("box/all/2026-03-04T05-06Z/manifest.json"))
        #expect(made.contains("box/all/2026-03-04T05-06Z/manifest.checksum"))
        #expect(try yard.store.read { try $0.number("SELECT count(*) FROM s3_inventory_file") } == 0)
        // Wednesday; the next Sunday is the eighth.
        let due = try yard.store.read { try $0.number("SELECT due FROM s3_inventory") }
        #expect(Instant(milliseconds: due).iso8601 == "2026-03-08T00:00:00Z")
        _ = try await yard.gate.run(put, input, yard.root)
        _ = try await step()
        _ = try await yard.gate.run(
            DeleteBucketInventoryConfiguration(buckets: yard.buckets), .init(bucket: "box", id: "all"), yard.root)
        #expect(try await !step())
    }
}
