public import AWS
public import HTTP
public import World

/// What happened, as CloudTrail tells it: one event for each call, allowed, denied or failed.
///
/// A class, for a struct of so many parts is copied each time it is handed on.
/// - Source: CloudTrail User Guide, "CloudTrail record contents for management, data, and network activity events".
public final class Event: Sendable {
    public enum Category: UInt8, Sendable {
        case management = 0
        case data = 1
    }

    /// What sort of event CloudTrail calls it.
    public enum Kind: Sendable {
        case apiCall
        /// Something somebody did to sign in. There was no call: it has no request id, and its answer is shown with its
        /// error.
        case signIn
        /// Something AWS itself did, at nobody's call: it has no request id.
        case service
    }

    /// A resource the call touched, as the record's `resources` lists it.
    public struct Resource: Sendable, Equatable {
        /// Left out where the record does not name the owner.
        public let account: AccountID?
        /// `AWS::S3::Bucket` and the like.
        public let type: String
        public let arn: String
        public init(account: AccountID?, type: String, arn: String) {
            (self.account, self.type, self.arn) = (account, type, arn)
        }
    }

    /// What `LookupEvents` finds an event by: a type and a name, such as `AWS::IAM::User`, `alice`.
    public struct Subject: Sendable, Equatable {
        public let type: String
        public let name: String
        public init(type: String, name: String) { (self.type, self.name) = (type, name) }
    }

    public let kind: Kind
    public let id: String
    public let time: Instant
    /// The account that receives the record.
    public let account: AccountID
    public let region: Region
    /// `iam.amazonaws.com`
    public let source: String
    public let name: String
    public let isReadOnly: Bool
    public let category: Category
    public let identity: EventIdentity
    public let sourceAddress: String
    public let userAgent: String?
    public let requestID: String
    public let tls: TLSFacts?
    public let host: String?
    public let errorCode: String?
    public let errorMessage: String?
    /// JSON objects, already without anything secret; nil prints `null`.
    public let requestParameters: [UInt8]?
    public let responseElements: [UInt8]?
    public let additionalData: [UInt8]?
    /// Of what AWS itself did: a JSON object.
    public let serviceDetails: [UInt8]?
    public let resources: [Resource]
    public let subjects: [Subject]
    /// The same in each account's record of a call that several accounts receive one of; nil where only one does.
    public let sharedID: String?
    /// What the policies said of the call; nil where it failed before they were asked. No part of the CloudTrail record.
    public let decision: TracedDecision?

    public init(
        kind: Kind = .apiCall, id: String, time: Instant, account: AccountID, region: Region, source: String,
        name: String, isReadOnly: Bool,
        category: Category, identity: EventIdentity, sourceAddress: String, userAgent: String?, requestID: String,
        tls: TLSFacts? = nil, host: String? = nil, errorCode: String? = nil, errorMessage: String? = nil,
        requestParameters: [UInt8]? = nil, responseElements: [UInt8]? = nil, additionalData: [UInt8]? = nil,
        serviceDetails: [UInt8]? = nil, resources: [Resource] = [], subjects: [Subject] = [], sharedID: String? = nil,
        decision: TracedDecision? = nil
    ) {
        self.kind = kind
        self.id = id
        self.time = time
        self.account = account
        self.region = region
        self.source = source
        self.name = name
        self.isReadOnly = isReadOnly
        self.category = category
        self.identity = identity
        self.sourceAddress = sourceAddress
        self.userAgent = userAgent
        self.requestID = requestID
        self.tls = tls
        self.host = host
        self.errorCode = errorCode
        self.errorMessage = errorMessage
        self.requestParameters = requestParameters
        self.responseElements = responseElements
        self.additionalData = additionalData
        self.serviceDetails = serviceDetails
        self.resources = resources
        self.subjects = subjects
        self.sharedID = sharedID
        self.decision = decision
    }
}
