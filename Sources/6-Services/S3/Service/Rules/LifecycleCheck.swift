import S3API
import Smithy
import World

/// What rules of a lifecycle must keep to, in the words of S3's refusals.
///
/// - Source: S3 API Reference, "PutBucketLifecycleConfiguration"; S3 User Guide, "Lifecycle configuration elements"; codes and
///   words as S3 was seen to answer (LocalStack's validated tests, `TestS3BucketLifecycle`; issues of
///   terraform-provider-aws 23228, 23299, 23882, 35328 and 41521, of noobaa-core 8341, 8628 and 8861).
struct LifecycleCheck {
    /// Whether rules name their prefixes beside their actions, as they did before there were filters. One configuration has one
    /// form.
    private let isOld: Bool

    private static let most = 1000
    private static let idLimit = 255
    /// Bytes, of a key and so of its beginning.
    private static let prefixLimit = 1024
    /// Bytes of an object, S3's own.
    private static let sizes = 1...1_099_511_627_776_000
    private static let newerLimit = 100

    static func check(_ rules: [S3.LifecycleRule]) throws {
        guard let first = rules.first else { throw Refused.malformedXML }
        guard rules.count <= most else {
            throw invalid("The number of lifecycle rules must not exceed the allowed limit of \(most) rules.")
        }
        let check = LifecycleCheck(isOld: first.filter == nil)
        for rule in rules { try check.check(rule) }
        let ids = rules.compactMap(\.iD).filter { !$0.isEmpty }.map { Array($0.utf8) }
        guard Set(ids).count == ids.count else {
            throw S3.InvalidArgument(message: "Rule ID must be unique. Found same ID for more than one rule")
        }
        if check.isOld { try checkOverlaps(rules) }
    }

    static func check(_ minimum: S3.TransitionDefaultMinimumObjectSize?) throws {
        guard let minimum, !minimum.isKnown else { return }
        throw invalid("Invalid TransitionDefaultMinimumObjectSize found: \(minimum.rawValue)")
    }

    static func invalid(_ message: String) -> S3.InvalidRequest { S3.InvalidRequest(message: message) }

    private func check(_ rule: S3.LifecycleRule) throws {
        if let id = rule.iD, id.utf16.count > LifecycleCheck.idLimit {
            throw Refused.argument("ID", id, "ID length should not exceed allowed limit of \(LifecycleCheck.idLimit)")
        }
        guard rule.status.isKnown else { throw Refused.malformedXML }
        try checkForm(rule)
        if let filter = rule.filter { try check(filter) }
        let given = LifecycleRule(rule)
        guard given.prefix.count <= LifecycleCheck.prefixLimit else {
            throw LifecycleCheck.invalid("The maximum size of a prefix is \(LifecycleCheck.prefixLimit).")
        }
        guard
            rule.expiration != nil || rule.transitions?.isEmpty == false || rule.noncurrentVersionExpiration != nil
                || rule.noncurrentVersionTransitions?.isEmpty == false || rule.abortIncompleteMultipartUpload != nil
        else { throw LifecycleCheck.invalid("At least one action needs to be specified in a rule") }
        if let action = rule.expiration { try check(action, given) }
        if let action = rule.noncurrentVersionExpiration { try check(action) }
        if let action = rule.abortIncompleteMultipartUpload { try check(action, given) }
        try LifecycleTransitionCheck(rule, isOld: isOld).check()
    }

    private func checkForm(_ rule: S3.LifecycleRule) throws {
        guard (rule.filter == nil) != (rule.prefix == nil) else { throw Refused.malformedXML }
        if isOld, rule.filter != nil {
            throw LifecycleCheck.invalid("Filter element can only be used in Lifecycle V2.")
        }
        if !isOld, rule.prefix != nil {
            throw LifecycleCheck.invalid(
                "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.")
        }
    }

    /// A filter asks for one thing, or for several within `And`.
    private func check(_ filter: S3.LifecycleRuleFilter) throws {
        let asked = [
            filter.prefix != nil, filter.tag != nil, filter.objectSizeGreaterThan != nil,
            filter.objectSizeLessThan != nil, filter.and != nil,
        ]
        guard asked.count(where: { $0 }) <= 1 else { throw Refused.malformedXML }
        try check(more: filter.objectSizeGreaterThan, less: filter.objectSizeLessThan)
        if let tag = filter.tag { try check(tags: [tag]) }
        guard let and = filter.and else { return }
        let count =
            [and.prefix != nil, and.objectSizeGreaterThan != nil, and.objectSizeLessThan != nil].count(where: { $0 })
            + (and.tags?.count ?? 0)
        guard count >= 2 else { throw Refused.malformedXML }
        try check(more: and.objectSizeGreaterThan, less: and.objectSizeLessThan)
        try check(tags: and.tags ?? [])
    }

    private func check(tags: [S3.Tag]) throws {
        guard Set(tags.map { Array($0.key.utf8) }).count == tags.count else {
            throw LifecycleCheck.invalid("Duplicate Tag Keys are not allowed.")
        }
        // What no object can be tagged with a rule cannot ask for.
        for tag in tags { try TagRules.checkObject([tag]) }
    }

    private func check(more: Int?, less: Int?) throws {
        let sizes = LifecycleCheck.sizes
        if let more, more < 0 || more > sizes.upperBound {
            throw LifecycleCheck.invalid("'ObjectSizeGreaterThan' should be between 0 and \(sizes.upperBound).")
        }
        if let less, !sizes.contains(less) {
            throw LifecycleCheck.invalid("'ObjectSizeLessThan' should be between 1 and \(sizes.upperBound).")
        }
        if let more, let less, less <= more {
            throw LifecycleCheck.invalid(
                "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")
        }
    }

    private func check(_ action: S3.LifecycleExpiration, _ rule: LifecycleRule) throws {
        let given = [action.date != nil, action.days != nil, action.expiredObjectDeleteMarker != nil]
        guard given.count(where: { $0 }) == 1 else { throw Refused.malformedXML }
        if let days = action.days { try LifecycleCheck.check(days, "Days", "Expiration", least: 1) }
        if let date = action.date { try LifecycleCheck.check(date) }
        if action.expiredObjectDeleteMarker != nil { try checkPlain("ExpiredObjectDeleteMarker", rule) }
    }

    private func check(_ action: S3.NoncurrentVersionExpiration) throws {
        guard let days = action.noncurrentDays else { throw Refused.malformedXML }
        try LifecycleCheck.check(days, "NoncurrentDays", "NoncurrentVersionExpiration", least: 1)
        try LifecycleCheck.check(newer: action.newerNoncurrentVersions, "NoncurrentVersionExpiration", isOld: isOld)
    }

    private func check(_ action: S3.AbortIncompleteMultipartUpload, _ rule: LifecycleRule) throws {
        guard let days = action.daysAfterInitiation else { throw Refused.malformedXML }
        try LifecycleCheck.check(days, "DaysAfterInitiation", "AbortIncompleteMultipartUpload", least: 1)
        try checkPlain("AbortIncompleteMultipartUpload", rule)
    }

    /// Of an action on what has no tags and no size.
    private func checkPlain(_ action: String, _ rule: LifecycleRule) throws {
        guard rule.tags.isEmpty else { throw LifecycleCheck.invalid("\(action) cannot be specified with Tags.") }
        guard !rule.filtersSize else { throw LifecycleCheck.invalid("\(action) cannot be specified with Object Size.") }
    }

    static func check(_ days: Int, _ name: String, _ action: String, least: Int) throws {
        guard days <= Int(Int32.max), days >= Int(Int32.min) else { throw Refused.malformedXML }
        guard days >= least else {
            throw Refused.argument(
                name, String(days),
                least > 0
                    ? "'\(name)' for \(action) action must be a positive integer"
                    : "'\(name)' in \(action) action must be nonnegative")
        }
    }

    static func check(_ date: Instant) throws {
        guard LifecycleDay.isMidnight(date) else {
            throw Refused.argument("Date", date.iso8601, "'Date' must be at midnight GMT")
        }
    }

    static func check(newer count: Int?, _ action: String, isOld: Bool) throws {
        guard let count else { return }
        guard !isOld else {
            throw invalid("NewerNoncurrentVersions element can only be used in Lifecycle V2.")
        }
        guard count > 0 else {
            throw Refused.argument(
                "NewerNoncurrentVersions", String(count),
                "'NewerNoncurrentVersions' for \(action) action must be a positive integer")
        }
        guard count <= newerLimit else {
            throw Refused.argument(
                "NewerNoncurrentVersions", String(count),
                "'NewerNoncurrentVersions' for \(action) action must not be greater than \(newerLimit)")
        }
    }

    /// Rules of the old form may not do the same to the same keys; those with filters may, and the shorter time counts.
    private static func checkOverlaps(_ rules: [S3.LifecycleRule]) throws {
        let actions: [(name: String, isIn: (S3.LifecycleRule) -> Bool)] = [
            ("Expiration", { $0.expiration != nil }), ("Transition", { $0.transitions?.isEmpty == false }),
            ("NoncurrentVersionExpiration", { $0.noncurrentVersionExpiration != nil }),
            ("NoncurrentVersionTransition", { $0.noncurrentVersionTransitions?.isEmpty == false }),
            ("AbortIncompleteMultipartUpload", { $0.abortIncompleteMultipartUpload != nil }),
        ]
        for action in actions {
            let prefixes = rules.filter(action.isIn).map { Array(($0.prefix ?? "").utf8) }
                .sorted { $0.lexicographicallyPrecedes($1) }
            // In their order, what begins with a prefix follows it at once.
            for (shorter, longer) in zip(prefixes, prefixes.dropFirst()) where longer.starts(with: shorter) {
                let (one, other) = (String(decoding: shorter, as: UTF8.self), String(decoding: longer, as: UTF8.self))
                throw invalid(
                    "Found overlapping prefixes '\(one)' and '\(other)' for same action type '\(action.name)'")
            }
        }
    }
}
