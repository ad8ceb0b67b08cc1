import AWS
import CloudTrailAPI
import Door
import Journal
import World

/// Which events a lookup is for.
struct EventFilter: Sendable {
    private let account: String
    private let region: String
    private let earliest: Instant
    private let latest: Instant
    private let attribute: CloudTrail.LookupAttribute?

    /// - Source: CloudTrail User Guide, "Working with CloudTrail event history".
    private static let kept = Duration.seconds(90 * 86_400)

    init(_ input: CloudTrail.LookupEvents.Input, _ account: AccountID, _ facts: RequestFacts) throws {
        self.account = account.description
        region = facts.region.description
        if let start = input.startTime, let end = input.endTime, start > end {
            throw CloudTrail.InvalidTimeRangeException(message: "The start time must be before the end time.")
        }
        let horizon = Instant(milliseconds: facts.now.milliseconds - EventFilter.kept.components.seconds * 1000)
        earliest = max(input.startTime ?? horizon, horizon)
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
    }

    func admits(_ entry: Entry) -> Bool {
        entry.category == .management && entry.account == account && entry.region == region && entry.time >= earliest
            && entry.time <= latest && matches(entry)
    }

    private func matches(_ entry: Entry) -> Bool {
        guard let attribute else { return true }
        let value = attribute.attributeValue
        switch attribute.attributeKey {
        case .eventId: return entry.id == value
        case .eventName: return entry.name == value
        case .readOnly: return entry.isReadOnly == (value == "true")
        case .username: return entry.user == value
        case .resourceType: return entry.subjects.contains { $0.type == value }
        case .resourceName: return entry.subjects.contains { $0.name == value }
        case .eventSource: return entry.source == value
        case .accessKeyId: return entry.accessKeyID == value
        default: return false
        }
    }

    /// What a page token is bound to: the same question must be asked for every page.
    var fingerprint: String {
        "\(account) \(region) \(latest.milliseconds) \(attribute?.attributeKey.rawValue ?? "") \(attribute?.attributeValue ?? "")"
    }
}
