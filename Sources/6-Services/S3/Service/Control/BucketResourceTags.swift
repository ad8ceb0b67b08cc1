import AWS
import Door
import Formats
import Journal
import S3API
import S3ControlAPI
import Smithy
import Storage

/// What is tagged: a bucket, or an access point of the caller's.
enum TaggedTarget: Sendable {
    case bucket(BucketTarget)
    case point(PointTarget)
}

/// An operation of S3 Control on the tags of a bucket or access point, which the request names by its ARN. Of the things that
/// S3 lets be tagged, this server has these alone.
/// - Source: S3 API Reference, "TagResource", "UntagResource" and "ListTagsForResource" of S3 Control.
protocol OnResourceTags: Operation where Target == TaggedTarget, Shape.Input: ResourceTagsInput {
    var buckets: Buckets { get }
    /// What the request brings, for the policies to see.
    func keys(_ input: Input) throws -> [ConditionEntry]
    /// Adds the rest of the request to its record.
    func describe(_ input: Input, _ json: inout JSONWriter)
}

protocol ResourceTagsInput {
    var accountId: String { get }
    var resourceArn: String { get }
}

extension S3Control.TagResource.Input: ResourceTagsInput {}
extension S3Control.UntagResource.Input: ResourceTagsInput {}
extension S3Control.ListTagsForResource.Input: ResourceTagsInput {}

extension OnResourceTags {
    func keys(_ input: Input) throws -> [ConditionEntry] { [] }
    func describe(_ input: Input, _ json: inout JSONWriter) {}

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> TaggedTarget {
        if let name = Self.bucket(input.resourceArn) { return .bucket(try buckets.find(name, in: snapshot)) }
        guard let name = AccessPointName(arn: input.resourceArn) else {
            throw NotImplemented("A tag of anything but a bucket or access point")
        }
        return .point(try PointTarget(name, buckets.policies, snapshot))
    }

    /// `arn:aws:s3:::name`, and nothing after the name.
    private static func bucket(_ arn: String) -> String? {
        let start = Bucket.arn("")
        guard arn.hasPrefix(start), !arn.utf8.contains(UInt8(ascii: "/")) else { return nil }
        let name = String(arn.dropFirst(start.count))
        return name.utf8.contains(UInt8(ascii: ":")) || name.isEmpty ? nil : name
    }

    func access(_ input: Input, to target: TaggedTarget, for facts: RequestFacts) throws -> Access {
        // The account that is named must be the caller's and the owner's.
        guard facts.account?.description == input.accountId else { throw AccessDenied.anonymous }
        switch target {
        case .bucket(let bucket):
            try bucket.check(owner: input.accountId, facts)
            return .ask(try bucket.ask(Shape.model.name, keys: keys(input)))
        case .point(let point):
            guard point.name.account == facts.account, point.name.region == facts.region else {
                throw AccessDenied.anonymous
            }
            return .ask(point.asks(Shape.model.name, isOpen: false, keys: try keys(input)))
        }
    }

    func recording(_ input: Input, of target: TaggedTarget?, _ facts: RequestFacts) -> Recording {
        var json = JSONWriter()
        json.beginObject()
        if let host = facts.host { json.member("Host", host) }
        json.member("accountId", input.accountId)
        json.member("resourceArn", input.resourceArn)
        describe(input, &json)
        json.endObject()
        if let point = AccessPointName(arn: input.resourceArn) {
            return Recording(
                request: .json(json.bytes), resources: [point.resource], subjects: [point.subject], owner: point.account
            )
        }
        let name = Self.bucket(input.resourceArn)
        let owner = if case .bucket(let bucket)? = target { bucket.bucket?.account } else { AccountID?.none }
        return Recording(
            request: .json(json.bytes),
            resources: [.init(account: owner, type: "AWS::S3::Bucket", arn: input.resourceArn)],
            subjects: name.map { [.init(type: "AWS::S3::Bucket", name: $0)] } ?? [], owner: owner)
    }
}

/// Adds tags, or gives tags that there are new values.
struct TagResource: Change, OnResourceTags {
    typealias Shape = S3Control.TagResource
    let buckets: Buckets

    func keys(_ input: Input) throws -> [ConditionEntry] {
        try TagRules.checkCase(input.tags.map(\.key))
        return TagConditions.ofBucket(tags(input))
    }

    private func tags(_ input: Input) -> [S3.Tag] { input.tags.map { S3.Tag(key: $0.key, value: $0.value) } }

    func perform(
        _ input: Input, under permit: borrowing Permit<TaggedTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try TagRules.checkBucket(tags(input))
        let all: [S3.Tag]
        switch permit.target {
        case .bucket(let target):
            let bucket = try target.required()
            try bucket.addTags(tags(input), in: &transaction)
            all = try bucket.tags(transaction.snapshot)
        case .point(let target):
            let point = try target.required()
            try point.addTags(tags(input), in: &transaction)
            all = try point.tags(transaction.snapshot)
            // Policies see these.
            try TagRules.checkCase(all.map(\.key))
        }
        guard all.count <= TagRules.mostOfBucket else { throw TagRules.tooMany }
        return Output()
    }

    func describe(_ input: Input, _ json: inout JSONWriter) {
        json.key("tags")
        json.beginArray()
        for tag in input.tags {
            json.beginObject()
            json.member("key", tag.key)
            json.member("value", tag.value)
            json.endObject()
        }
        json.endArray()
    }
}

/// Takes tags off; absence is a success.
struct UntagResource: Change, OnResourceTags {
    typealias Shape = S3Control.UntagResource
    let buckets: Buckets

    func keys(_ input: Input) throws -> [ConditionEntry] {
        input.tagKeys.isEmpty ? [] : [ConditionEntry(.awsTagKeys, input.tagKeys)]
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<TaggedTarget>, in transaction: inout Transaction
    ) throws -> Output {
        switch permit.target {
        case .bucket(let target): try target.required().removeTags(input.tagKeys, in: &transaction)
        case .point(let target): try target.required().removeTags(input.tagKeys, in: &transaction)
        }
        return Output()
    }

    func describe(_ input: Input, _ json: inout JSONWriter) {
        json.key("tagKeys")
        json.beginArray()
        for name in input.tagKeys { json.string(name) }
        json.endArray()
    }
}

/// The tags of a bucket or access point, none included.
struct ListTagsForResource: Query, OnResourceTags {
    typealias Shape = S3Control.ListTagsForResource
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<TaggedTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let tags =
            switch permit.target {
            case .bucket(let target): try target.required().tags(snapshot)
            case .point(let target): try target.required().tags(snapshot)
            }
        return Output(tags: tags.map { S3Control.Tag(key: $0.key, value: $0.value) })
    }
}
