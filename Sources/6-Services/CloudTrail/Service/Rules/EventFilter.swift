import AWS
import CloudTrailAPI
import Door
import Journal
import World

/// Which events a lookup is for.
struct EventFilter: Sendable {
    /// The question as the journal understands it.
    let search: JournalSearch
    private let account: AccountID
    private let region: String
    private let latest: Instant
    private let attribute: CloudTrail.LookupAttribute?

    /// - Source: CloudTrail User Guide, "Working with CloudTrail event history".
    private static let kept = Duration.seconds(90 * 86_400)

    init(_ input: CloudTrail.LookupEvents.Input, _ account: AccountID, _ facts: RequestFacts) throws {
        (self.account, region) = (account, facts.region.description)
        if let start = input.startTime, let end = input.endTime, start > end {
            throw CloudTrail.InvalidTimeRangeException(message: "The start time must be before the end time.")
        }
        let horizon = Instant(milliseconds: facts.now.milliseconds - EventFilter.kept.components.seconds * 1000)
        latest = input.endTime ?? Instant(milliseconds: .max)
        guard (input.lookupAttributes?.count ?? 0) <= 1 else {
            throw CloudTrail.InvalidLookupAttributesException(message: "You can specify only one lookup attribute.")
        }
        attribute = input.lookupAttributes?.first
        if attribute?.attributeValue.isEmpty == true {
            throw CloudTrail.InvalidLookupAttributesException(message: "A lookup attribute needs a value.")
        }
        if attribute?.attributeKey == .readOnly, !["true", "false"].contains(attribute?.attributeValue) {
            throw CloudTrail.InvalidLookupAttributesException(message: "ReadOnly is true or false.")
        }
        search = JournalSearch(
            eventsOf: account, in: facts.region, from: max(input.startTime ?? horizon, horizon), through: latest,
            with: try attribute.map { (name: try EventFilter.name($0.attributeKey), value: $0.attributeValue) })
    }

    private static func name(_ key: CloudTrail.LookupAttributeKey) throws -> JournalSearch.Attribute {
        switch key {
        case .eventId: .eventID
        case .eventName: .eventName
        case .readOnly: .readOnly
        case .username: .userName
        case .resourceType: .resourceType
        case .resourceName: .resourceName
        case .eventSource: .eventSource
        case .accessKeyId: .accessKeyID
        default: throw CloudTrail.InvalidLookupAttributesException(message: "There is no attribute \(key.rawValue).")
        }
    }

    /// What a page token is bound to: the same question must be asked for every page.
    var fingerprint: String {
        "\(account) \(region) \(latest.milliseconds) \(attribute?.attributeKey.rawValue ?? "") \(attribute?.attributeValue ?? "")"
    }
}
