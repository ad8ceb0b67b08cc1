import S3API
import Smithy
import World

/// What the changes of class in a rule must keep to. Classes that have to be restored are refused: see `ObjectClass`.
/// - Source: S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle", "Constraints" and "Unsupported lifecycle
///   transitions"; the words as S3 was seen to answer, where it was seen.
struct LifecycleTransitionCheck {
    private let rule: S3.LifecycleRule
    private let isOld: Bool
    /// The rule as refusals name it.
    private let place: String

    /// Days that an object stays in its class before it is stored as seldom read, and after that in that class.
    private static let stay = 30

    init(_ rule: S3.LifecycleRule, isOld: Bool) {
        (self.rule, self.isOld) = (rule, isOld)
        let prefix = String(decoding: LifecycleRule(rule).prefix, as: UTF8.self)
        place = isOld ? "prefix '\(prefix)'" : "filter '(prefix=\(prefix))'"
    }

    /// A transition in either form.
    private struct Step {
        let date: Instant?
        let days: Int?
        let next: ObjectClass
    }

    func check() throws {
        let steps = try (rule.transitions ?? []).map { action in
            if let date = action.date { try LifecycleCheck.check(date) }
            let next = try storageClass(action.storageClass)
            guard (action.date == nil) != (action.days == nil) else { throw Refused.malformedXML }
            if let days = action.days { try check(days, "Days", "Transition", next) }
            return Step(date: action.date, days: action.days, next: next)
        }
        try checkOrder(steps, "Days", "Transition")
        try checkExpiration(steps)
        let behind = try (rule.noncurrentVersionTransitions ?? []).map { action in
            let next = try storageClass(action.storageClass)
            guard let days = action.noncurrentDays else { throw Refused.malformedXML }
            try check(days, "NoncurrentDays", "NoncurrentVersionTransition", next)
            try LifecycleCheck.check(
                newer: action.newerNoncurrentVersions, "NoncurrentVersionTransition", isOld: isOld)
            return Step(date: nil, days: days, next: next)
        }
        try checkOrder(behind, "NoncurrentDays", "NoncurrentVersionTransition")
        if let end = rule.noncurrentVersionExpiration?.noncurrentDays {
            try check(
                end, after: behind, "NoncurrentDays", "NoncurrentVersionExpiration", "NoncurrentVersionTransition")
        }
    }

    private func storageClass(_ wanted: S3.TransitionStorageClass?) throws -> ObjectClass {
        guard let wanted, wanted.isKnown else { throw Refused.malformedXML }
        guard let next = ObjectClass(name: wanted.rawValue) else {
            throw S3.NotImplemented(
                message:
                    "Transitions to \(wanted.rawValue) are not implemented: its objects have to be restored before they "
                    + "can be read, and this server has no archive to restore from. GLACIER_IR is an archive class that "
                    + "is read at once.", fields: [.init("StorageClass", wanted.rawValue)])
        }
        return next
    }

    private func check(_ days: Int, _ name: String, _ action: String, _ next: ObjectClass) throws {
        try LifecycleCheck.check(days, name, action, least: 0)
        let least = LifecycleTransitionCheck.stay
        guard days >= least || ![.standardIA, .oneZoneIA].contains(next) else {
            throw Refused.argument(
                name, String(days),
                "'\(name)' in \(action) action must be greater than or equal to \(least) for storageClass "
                    + "'\(next.name)'")
        }
    }

    /// Each class once, all by days or all by dates, and a later one is one that the class before it may become.
    private func checkOrder(_ steps: [Step], _ name: String, _ action: String) throws {
        guard Set(steps.map(\.next)).count == steps.count else {
            throw LifecycleCheck.invalid(
                "'StorageClass' must be different for '\(action)' actions in same 'Rule' with \(place)")
        }
        guard steps.allSatisfy({ $0.days != nil }) || steps.allSatisfy({ $0.date != nil }) else {
            throw LifecycleCheck.invalid(
                "Found mixed 'Date' and 'Days' based \(action) actions in lifecycle rule for \(place)")
        }
        let order = steps.sorted { ($0.days ?? 0, $0.date ?? .first) < ($1.days ?? 0, $1.date ?? .first) }
        for (one, next) in zip(order, order.dropFirst()) {
            guard one.next.becomes(next.next) else {
                throw Refused.argument(
                    "StorageClass", next.next.name,
                    "'\(action)' to storageClass '\(next.next.name)' cannot come after storageClass '\(one.next.name)' for "
                        + place)
            }
            guard let days = next.days, let before = one.days else { continue }
            let least = one.next == .standardIA ? before + LifecycleTransitionCheck.stay : before + 1
            guard days >= least else {
                throw Refused.argument(
                    name, String(days),
                    "'\(name)' in the '\(action)' action for StorageClass '\(next.next.name)' for \(place) must be "
                        + "\(least - before) days more than '\(name)' in the '\(action)' action for StorageClass "
                        + "'\(one.next.name)'")
            }
        }
    }

    private func checkExpiration(_ steps: [Step]) throws {
        guard let end = rule.expiration, !steps.isEmpty else { return }
        let isMixed = end.days != nil && steps[0].date != nil || end.date != nil && steps[0].days != nil
        guard !isMixed else {
            throw LifecycleCheck.invalid(
                "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for \(place)")
        }
        if let days = end.days { try check(days, after: steps, "Days", "Expiration", "Transition") }
        if let date = end.date, steps.contains(where: { $0.date.map { $0 >= date } ?? false }) {
            throw Refused.argument(
                "Date", date.iso8601,
                "'Date' in the Expiration action for \(place) must be later than 'Date' in the Transition action")
        }
    }

    private func check(_ days: Int, after steps: [Step], _ name: String, _ action: String, _ other: String) throws {
        guard steps.allSatisfy({ $0.days.map { $0 < days } ?? true }) else {
            throw Refused.argument(
                name, String(days),
                "'\(name)' in the \(action) action for \(place) must be greater than '\(name)' in the \(other) action")
        }
    }
}

extension Instant {
    fileprivate static let first = Instant(milliseconds: .min)
}
