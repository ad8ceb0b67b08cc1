import AWS
import Door
import S3API
import Smithy

/// What is wrong with a configuration of event notifications: always something, unless it names no destination, for there
/// are no queues, topics and functions here.
/// - Source: S3 User Guide, "Configuring event notifications using object key name filtering"; S3 API Reference,
///   "NotificationConfiguration"; codes and words partly from memory, not confirmed by a page of AWS.
struct NotificationRules {
    /// What one part of the configuration says, whatever the kind of its destination.
    struct Rule {
        enum Kind { case queue, topic, function }

        let kind: Kind
        let id: String?
        let arn: String
        let events: [S3.Event]
        let filter: S3.NotificationConfigurationFilter?
        var prefix = ""
        var suffix = ""
    }

    private var rules: [Rule]
    private let configuration: S3.NotificationConfiguration

    init(_ configuration: S3.NotificationConfiguration) {
        self.configuration = configuration
        let queues = (configuration.queueConfigurations ?? []).map {
            Rule(kind: .queue, id: $0.id, arn: $0.queueArn, events: $0.events, filter: $0.filter)
        }
        let topics = (configuration.topicConfigurations ?? []).map {
            Rule(kind: .topic, id: $0.id, arn: $0.topicArn, events: $0.events, filter: $0.filter)
        }
        let functions = (configuration.lambdaFunctionConfigurations ?? []).map {
            Rule(kind: .function, id: $0.id, arn: $0.lambdaFunctionArn, events: $0.events, filter: $0.filter)
        }
        rules = queues + topics + functions
    }

    /// Returns where nothing is to be notified. - Parameter skips: whether the destinations are not to be looked for.
    mutating func check(skips: Bool) throws {
        for place in rules.indices { try NotificationRules.check(&rules[place]) }
        let ids = rules.compactMap(\.id)
        guard Set(ids).count == ids.count else {
            throw S3.InvalidArgument(message: "Same ID used for multiple configurations. IDs must be unique")
        }
        try checkOverlaps()
        guard configuration.eventBridgeConfiguration == nil else {
            throw NotImplemented("Delivery of events to Amazon EventBridge")
        }
        guard !rules.isEmpty else { return }
        guard !skips else {
            throw NotImplemented("A notification whose destination is not looked for, and cannot be delivered to,")
        }
        throw S3.InvalidArgument(
            message: "Unable to validate the following destination configurations", fields: missing)
    }

    /// Every destination and why it is none; numbered where there are several.
    private var missing: [ErrorField] {
        rules.enumerated().flatMap { place, rule in
            let number = rules.count == 1 ? "" : String(place + 1)
            return [
                ErrorField("ArgumentName" + number, rule.arn), ErrorField("ArgumentValue" + number, rule.kind.missing),
            ]
        }
    }

    private static func check(_ rule: inout Rule) throws {
        guard (rule.id?.utf8.count ?? 0) <= 255 else {
            throw S3.InvalidArgument(message: "Configuration ID cannot exceed 255 characters")
        }
        guard let arn = ARN(rule.arn), arn.service == rule.kind.service else {
            throw Refused.argument(rule.kind.argument, rule.arn, "The ARN could not be parsed")
        }
        guard !rule.events.isEmpty else { throw Refused.malformedXML }
        for event in rule.events where !S3.Event.values.contains(event.rawValue) {
            throw Refused.argument("Event", event.rawValue, "The event is not supported for notifications")
        }
        try readFilter(of: &rule)
    }

    private static func readFilter(of rule: inout Rule) throws {
        var seen: Set<String> = []
        for part in rule.filter?.key?.filterRules ?? [] {
            let (name, value) = ((part.name?.rawValue ?? "").lowercased(), part.value ?? "")
            guard name == "prefix" || name == "suffix" else {
                throw Refused.argument(
                    "FilterRule.Name", part.name?.rawValue ?? "", "filter rule name must be either prefix or suffix")
            }
            guard seen.insert(name).inserted else {
                throw Refused.argument(
                    "FilterRule.Name", name, "Cannot specify more than one \(name) rule in a filter.")
            }
            guard value.utf8.count <= 1024 else {
                throw Refused.argument(
                    "FilterRule.Value", value,
                    "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation")
            }
            if name == "prefix" { rule.prefix = value } else { rule.suffix = value }
        }
    }

    /// No key may match two rules for the same event.
    private func checkOverlaps() throws {
        for (place, one) in rules.enumerated() {
            for other in rules[(place + 1)...] where one.overlaps(other) {
                let isFiltered = one.filter != nil || other.filter != nil
                throw S3.InvalidArgument(
                    message: isFiltered
                        ? "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the "
                            + "prefixes are overlapping for the same event type."
                        : "Configurations overlap. Configurations on the same bucket cannot share a common event type.")
            }
        }
    }
}

extension NotificationRules.Rule {
    fileprivate func overlaps(_ other: NotificationRules.Rule) -> Bool {
        let sharesEvent = events.contains { event in
            other.events.contains {
                Self.includes(event.rawValue, $0.rawValue) || Self.includes($0.rawValue, event.rawValue)
            }
        }
        return sharesEvent && (prefix.hasPrefix(other.prefix) || other.prefix.hasPrefix(prefix))
            && (suffix.hasSuffix(other.suffix) || other.suffix.hasSuffix(suffix))
    }

    /// Whether `event` is one of those that `pattern` names: `s3:ObjectCreated:*`.
    private static func includes(_ pattern: String, _ event: String) -> Bool {
        pattern == event || (pattern.hasSuffix("*") && event.hasPrefix(pattern.dropLast()))
    }
}

extension NotificationRules.Rule.Kind {
    fileprivate var service: String {
        switch self {
        case .queue: "sqs"
        case .topic: "sns"
        case .function: "lambda"
        }
    }

    fileprivate var argument: String {
        switch self {
        case .queue: "QueueArn"
        case .topic: "TopicArn"
        case .function: "LambdaFunctionArn"
        }
    }

    fileprivate var missing: String {
        switch self {
        case .queue: "The destination queue does not exist"
        case .topic: "The destination topic does not exist"
        case .function: "The destination Lambda function does not exist"
        }
    }
}
