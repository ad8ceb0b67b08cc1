import AWS
import Door
import Formats
import S3API
import S3ControlAPI
import Smithy
import Storage

/// A list of what an account has, by S3 Control.
protocol OnAccountList: Query where Target == AccountID, Shape.Input: AccountListInput {
    /// Whose permissions govern it.
    static var permissions: StaticString { get }
    func describe(_ input: Input, _ json: inout JSONWriter)
}

protocol AccountListInput {
    var accountId: String { get }
    var nextToken: String? { get }
}

extension S3Control.ListAccessPoints.Input: AccountListInput {}
extension S3Control.ListMultiRegionAccessPoints.Input: AccountListInput {}
extension S3Control.ListAccessPointsForObjectLambda.Input: AccountListInput {}
extension S3Control.ListJobs.Input: AccountListInput {}
extension S3Control.ListStorageLensConfigurations.Input: AccountListInput {}
extension S3Control.ListAccessGrantsInstances.Input: AccountListInput {}
extension S3Control.ListRegionalBuckets.Input: AccountListInput {}

extension OnAccountList {
    static var permissions: StaticString { "s3" }

    func describe(_ input: Input, _ json: inout JSONWriter) {}

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        guard input.accountId == target.description else { throw AccessDenied.anonymous }
        return .ask(Action(Self.permissions.description, Shape.model.name), on: "*", of: target)
    }

    func recording(_ input: Input, of target: AccountID?, _ facts: RequestFacts) -> Recording {
        var json = JSONWriter()
        json.beginObject()
        if let host = facts.host { json.member("Host", host) }
        json.member("accountId", input.accountId)
        describe(input, &json)
        json.endObject()
        return Recording(request: .json(json.bytes))
    }

    static func badToken(_ token: String) -> S3Control.InvalidToken {
        S3Control.InvalidToken(
            message: "The continuation token provided is incorrect", fields: [.init("ArgumentValue", token)])
    }
}

/// The account's access points in the Region, in the order of their names.
/// - Source: S3 Control API Reference, "ListAccessPoints".
struct ListAccessPoints: OnAccountList {
    typealias Shape = S3Control.ListAccessPoints

    private static let most = 1000

    static var refusedMembers: [StaticString] { ["DataSourceId", "DataSourceType"] }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let limit = input.maxResults ?? 0
        guard let page = Page(limit: limit == 0 ? ListAccessPoints.most : limit, token: input.nextToken) else {
            throw Self.badToken(input.nextToken ?? "")
        }
        let found = try AccessPoint.list(
            of: permit.target, in: permit.facts.region, bucket: input.bucket, after: page.after, limit: page.fetch,
            snapshot)
        let (points, next) = page.cut(found) { $0.name.name }
        return Output(
            accessPointList: points.map {
                S3Control.AccessPoint(
                    name: $0.name.name, networkOrigin: .internet, bucket: $0.bucketName, accessPointArn: $0.arn,
                    alias: $0.alias, bucketAccountId: $0.bucketAccount.description)
            }, nextToken: next)
    }

    func describe(_ input: Input, _ json: inout JSONWriter) {
        if let bucket = input.bucket { json.member("bucket", bucket) }
        if let limit = input.maxResults { json.member("maxResults", String(limit)) }
    }
}

/// A list of things of which no account here can have any: the operations that make them are not offered.
protocol ListOfNothing: OnAccountList {
    static var nothing: Output { get }
}

extension ListOfNothing {
    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        if let token = input.nextToken { throw Self.badToken(token) }
        return Self.nothing
    }
}

/// - Source: S3 Control API Reference, "ListMultiRegionAccessPoints".
struct ListMultiRegionAccessPoints: ListOfNothing {
    typealias Shape = S3Control.ListMultiRegionAccessPoints
    static var nothing: Output { Output(accessPoints: []) }
}

/// - Source: S3 Control API Reference, "ListAccessPointsForObjectLambda".
struct ListAccessPointsForObjectLambda: ListOfNothing {
    typealias Shape = S3Control.ListAccessPointsForObjectLambda
    static var nothing: Output { Output(objectLambdaAccessPointList: []) }
}

/// Jobs of Batch Operations.
/// - Source: S3 Control API Reference, "ListJobs".
struct ListJobs: ListOfNothing {
    typealias Shape = S3Control.ListJobs
    static var nothing: Output { Output(jobs: []) }
}

/// - Source: S3 Control API Reference, "ListStorageLensConfigurations".
struct ListStorageLensConfigurations: ListOfNothing {
    typealias Shape = S3Control.ListStorageLensConfigurations
    static var nothing: Output { Output(storageLensConfigurationList: []) }
}

/// - Source: S3 Control API Reference, "ListAccessGrantsInstances".
struct ListAccessGrantsInstances: ListOfNothing {
    typealias Shape = S3Control.ListAccessGrantsInstances
    static var nothing: Output { Output(accessGrantsInstancesList: []) }
}

/// The buckets on the account's Outposts. It has none, so that one which is named is refused.
/// - Source: S3 Control API Reference, "ListRegionalBuckets".
struct ListRegionalBuckets: ListOfNothing {
    typealias Shape = S3Control.ListRegionalBuckets
    static var permissions: StaticString { "s3-outposts" }
    static var refusedMembers: [StaticString] { ["OutpostId"] }
    static var nothing: Output { Output(regionalBucketList: []) }
}
