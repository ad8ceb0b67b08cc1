import AWS
import Authentication
import Authorization
import Door
import Formats
import S3API
import S3ControlAPI
import Smithy
import Storage

/// An operation on the scope of an access point: the prefixes and operations it is narrowed to, which only points of
/// directory buckets have. There are no directory buckets here, so whoever may ask hears that, or that there is no point.
/// - Source: S3 Control API Reference, "PutAccessPointScope"; Service Authorization Reference, "Amazon S3 Express".
protocol OnAccessPointScope: OnAccessPoint {}

extension OnAccessPointScope {
    func access(_ input: Input, to target: PointTarget, for facts: RequestFacts) throws -> Access {
        guard input.accountId == target.name.account.description else { throw AccessDenied.anonymous }
        let name = target.name
        let arn = "arn:aws:s3express:\(name.region):\(name.account):accesspoint/\(name.name)"
        return .ask(Action("s3express", Shape.model.name), on: arn, of: name.account)
    }

    /// - Throws: always.
    func refuse(_ target: PointTarget) throws -> Never {
        let point = try target.required()
        throw S3Control.InvalidRequest(
            message: "Only access points of directory buckets have a scope.",
            fields: [.init("AccessPointName", point.name.name)])
    }
}

extension OnAccessPointScope where Self: Change {
    func perform(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try refuse(permit.target)
    }
}

extension S3Control.GetAccessPointScope.Input: AccessPointInput {}
extension S3Control.PutAccessPointScope.Input: AccessPointInput {}
extension S3Control.DeleteAccessPointScope.Input: AccessPointInput {}

extension S3Control.Scope {
    /// As a member of a request's record, which shows what was refused.
    func describe(_ json: inout JSONWriter) {
        json.key("scope")
        json.beginObject()
        for (name, values) in [("prefixes", prefixes), ("permissions", permissions?.map(\.rawValue))] {
            guard let values else { continue }
            json.key(name)
            json.beginArray()
            for value in values { json.string(value) }
            json.endArray()
        }
        json.endObject()
    }
}

struct GetAccessPointScope: Query, OnAccessPointScope {
    typealias Shape = S3Control.GetAccessPointScope
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        try refuse(permit.target)
    }
}

struct PutAccessPointScope: Change, OnAccessPointScope {
    typealias Shape = S3Control.PutAccessPointScope
    let buckets: Buckets

    func describe(_ input: Input, _ json: inout JSONWriter) { input.scope.describe(&json) }
}

struct DeleteAccessPointScope: Change, OnAccessPointScope {
    typealias Shape = S3Control.DeleteAccessPointScope
    let buckets: Buckets
}
