import Door
import Formats
import S3API
import Smithy
import Storage

/// Has a list of what is in a bucket written daily or weekly.
/// - Source: S3 API Reference, "PutBucketInventoryConfiguration".
struct PutBucketInventoryConfiguration: Change, OnBucket {
    typealias Shape = S3.PutBucketInventoryConfiguration
    static var action: String { "PutInventoryConfiguration" }
    static var marker: String? { "inventory" }
    let buckets: Buckets

    /// Who may see which facts of the objects, policies decide by name.
    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, facts)
        let fields = input.inventoryConfiguration.optionalFields ?? []
        return .ask(
            try target.ask(
                Self.action, keys: [ConditionEntry(.s3InventoryAccessibleOptionalFields, fields.map(\.rawValue))]))
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        let plan = try InventoryPlan(input.inventoryConfiguration, id: input.id)
        try plan.check(try buckets.find(plan.destination, in: transaction.snapshot), from: bucket.location)
        try bucket.put(plan, at: permit.facts.now, in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put("id", input.id)
        let configuration = input.inventoryConfiguration
        record.put(body: "InventoryConfiguration") { json in
            json.member("Id", configuration.id)
            json.key("IsEnabled")
            json.bool(configuration.isEnabled)
            json.member("IncludedObjectVersions", configuration.includedObjectVersions.rawValue)
            json.key("Destination")
            json.beginObject()
            json.key("S3BucketDestination")
            json.beginObject()
            json.member("Bucket", configuration.destination.s3BucketDestination.bucket)
            json.member("Format", configuration.destination.s3BucketDestination.format.rawValue)
            json.endObject()
            json.endObject()
        }
        return record.recording(of: target)
    }
}

/// One of a bucket's inventory configurations.
/// - Source: S3 API Reference, "GetBucketInventoryConfiguration".
struct GetBucketInventoryConfiguration: Query, OnBucket {
    typealias Shape = S3.GetBucketInventoryConfiguration
    static var action: String { "GetInventoryConfiguration" }
    static var marker: String? { "inventory" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let plan = try permit.target.required().inventory(input.id, snapshot) else {
            throw DeleteBucketInventoryConfiguration.missing
        }
        return Output(inventoryConfiguration: plan.shape)
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put("id", input.id)
        return record.recording(of: target)
    }
}

/// Takes a configuration away. A report that is being written is given up.
/// - Source: S3 API Reference, "DeleteBucketInventoryConfiguration"; it needs the leave to put one.
struct DeleteBucketInventoryConfiguration: Change, OnBucket {
    typealias Shape = S3.DeleteBucketInventoryConfiguration
    static var action: String { "PutInventoryConfiguration" }
    static var marker: String? { "inventory" }
    let buckets: Buckets

    static let missing = S3.NoSuchConfiguration(message: "The specified configuration does not exist.")

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        guard try permit.target.required().removeInventory(input.id, in: &transaction) else {
            throw DeleteBucketInventoryConfiguration.missing
        }
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put("id", input.id)
        return record.recording(of: target)
    }
}

/// A bucket's inventory configurations, a hundred at a time.
/// - Source: S3 API Reference, "ListBucketInventoryConfigurations".
struct ListBucketInventoryConfigurations: Query, OnBucket {
    typealias Shape = S3.ListBucketInventoryConfigurations
    static var action: String { "GetInventoryConfiguration" }
    static var marker: String? { "inventory" }
    let buckets: Buckets

    private static let pageLength = 100

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        let limit = ListBucketInventoryConfigurations.pageLength
        let found = try bucket.inventories(after: try start(input), limit: limit + 1, snapshot)
        let (page, isTruncated) = (found.prefix(limit), found.count > limit)
        return Output(
            continuationToken: input.continuationToken,
            inventoryConfigurationList: page.isEmpty ? nil : page.map(\.shape), isTruncated: isTruncated,
            nextContinuationToken: isTruncated ? page.last.map { Base64URL.encode(Array($0.id.utf8)) } : nil)
    }

    /// The id that a page begins after.
    private func start(_ input: Input) throws -> String {
        guard let token = input.continuationToken else { return "" }
        guard let bytes = Base64URL.decode(token), let id = String(validating: bytes, as: UTF8.self), !id.isEmpty
        else {
            throw Refused.argument("continuation-token", token, "The continuation token provided is incorrect")
        }
        return id
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put("continuation-token", input.continuationToken)
        return record.recording(of: target)
    }
}
