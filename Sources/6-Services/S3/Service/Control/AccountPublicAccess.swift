import AWS
import Door
import Formats
import S3API
import S3ControlAPI
import Smithy
import Storage

/// An operation on the caller's own account, which the request must name.
protocol OnAccountBlock: Operation where Target == AccountID {
    func accountID(_ input: Input) -> String
    static var action: String { get }
    static var eventName: String { get }
    func block(_ input: Input) -> PublicAccessBlock?
}

extension OnAccountBlock {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        guard accountID(input) == target.description else { throw AccessDenied.anonymous }
        return .ask(Action("s3", Self.action), on: "*", of: target)
    }

    func block(_ input: Input) -> PublicAccessBlock? { nil }

    func recording(_ input: Input, of target: AccountID?, _ facts: RequestFacts) -> Recording {
        var json = JSONWriter()
        json.beginObject()
        if let host = facts.host { json.member("Host", host) }
        json.member("accountId", accountID(input))
        if let block = block(input) {
            json.key("PublicAccessBlockConfiguration")
            json.beginObject()
            json.key("BlockPublicAcls")
            json.bool(block.contains(.blockPublicAcls))
            json.key("IgnorePublicAcls")
            json.bool(block.contains(.ignorePublicAcls))
            json.key("BlockPublicPolicy")
            json.bool(block.contains(.blockPublicPolicy))
            json.key("RestrictPublicBuckets")
            json.bool(block.contains(.restrictPublicBuckets))
            json.endObject()
        }
        json.endObject()
        return Recording(eventName: Self.eventName, request: .json(json.bytes))
    }
}

/// Sets Block Public Access for all buckets of the account.
/// - Source: S3 API Reference, "PutPublicAccessBlock" of S3 Control.
struct PutAccountPublicAccessBlock: Change, OnAccountBlock {
    typealias Shape = S3Control.PutPublicAccessBlock
    static var action: String { "PutAccountPublicAccessBlock" }
    static var eventName: String { "PutAccountPublicAccessBlock" }
    func accountID(_ input: Input) -> String { input.accountId }
    func block(_ input: Input) -> PublicAccessBlock? { PublicAccessBlock(input.publicAccessBlockConfiguration) }

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        try AccountBlock.put(
            PublicAccessBlock(input.publicAccessBlockConfiguration), for: permit.target, in: &transaction)
        return Output()
    }
}

/// Block Public Access of the account.
/// - Source: S3 API Reference, "GetPublicAccessBlock" of S3 Control.
struct GetAccountPublicAccessBlock: Query, OnAccountBlock {
    typealias Shape = S3Control.GetPublicAccessBlock
    static var action: String { "GetAccountPublicAccessBlock" }
    static var eventName: String { "GetAccountPublicAccessBlock" }
    func accountID(_ input: Input) -> String { input.accountId }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let block = try AccountBlock.find(permit.target, snapshot) else {
            throw S3Control.NoSuchPublicAccessBlockConfiguration(
                message: Refused.publicAccessBlock, fields: [.init("AccountId", permit.target.description)])
        }
        return Output(publicAccessBlockConfiguration: block.controlShape)
    }
}

/// Takes the account's Block Public Access away; absence is a success.
/// - Source: S3 API Reference, "DeletePublicAccessBlock" of S3 Control; it needs the leave to put one.
struct DeleteAccountPublicAccessBlock: Change, OnAccountBlock {
    typealias Shape = S3Control.DeletePublicAccessBlock
    static var action: String { "PutAccountPublicAccessBlock" }
    static var eventName: String { "DeleteAccountPublicAccessBlock" }
    func accountID(_ input: Input) -> String { input.accountId }

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        try AccountBlock.delete(of: permit.target, in: &transaction)
        return Output()
    }
}
