package import AWS
package import HTTP
package import World

/// What happened, as CloudTrail tells it: one event for each call, allowed, denied or failed.
///
/// - Source: CloudTrail User Guide, "CloudTrail record contents for management, data, and network activity events".
package struct Event: Sendable {
    package enum Category: UInt8, Sendable {
        case management = 0
        case data = 1
    }

    /// A resource the call touched, as the record's `resources` lists it.
    package struct Resource: Sendable, Equatable {
        /// Left out where the record does not name the owner.
        package let account: AccountID?
        /// `AWS::S3::Bucket` and the like.
        package let type: String
        package let arn: String
        package init(account: AccountID?, type: String, arn: String) {
            (self.account, self.type, self.arn) = (account, type, arn)
        }
    }

    /// What `LookupEvents` finds an event by: a type and a name, such as `AWS::IAM::User`, `alice`.
    package struct Subject: Sendable, Equatable {
        package let type: String
        package let name: String
        package init(type: String, name: String) { (self.type, self.name) = (type, name) }
    }

    package var id: String
    package var time: Instant
    /// The account that receives the record.
    package var account: AccountID
    package var region: Region
    /// `iam.amazonaws.com`
    package var source: String
    package var name: String
    package var isReadOnly: Bool
    package var category: Category
    package var identity: EventIdentity
    package var sourceAddress: String
    package var userAgent: String?
    package var requestID: String
    package var tls: TLSFacts?
    package var host: String?
    package var errorCode: String?
    package var errorMessage: String?
    /// JSON objects, already without anything secret; nil prints `null`.
    package var requestParameters: [UInt8]?
    package var responseElements: [UInt8]?
    package var additionalData: [UInt8]?
    package var resources: [Resource] = []
    package var subjects: [Subject] = []
    package var apiVersion: String?

    package init(
        id: String, time: Instant, account: AccountID, region: Region, source: String, name: String, isReadOnly: Bool,
        category: Category, identity: EventIdentity, sourceAddress: String, userAgent: String?, requestID: String
    ) {
        (self.id, self.time, self.account, self.region) = (id, time, account, region)
        (self.source, self.name, self.isReadOnly, self.category) = (source, name, isReadOnly, category)
        (self.identity, self.sourceAddress, self.userAgent) = (identity, sourceAddress, userAgent)
        self.requestID = requestID
    }
}
