import S3API
import Smithy
import World

/// What a bucket does with its objects in time.
/// - Source: S3 User Guide, "Managing the lifecycle of objects".
final class LifecycleRules: Sendable {
    /// As they were given, disabled ones included.
    let shapes: [S3.LifecycleRule]
    let minimum: S3.TransitionDefaultMinimumObjectSize
    /// Those that are carried out.
    let rules: [LifecycleRule]
    /// Beginnings of keys, in their order, of which none begins with another: what no rule is about is passed over.
    private let prefixes: [[UInt8]]

    init(_ shapes: [S3.LifecycleRule], minimum: S3.TransitionDefaultMinimumObjectSize) {
        (self.shapes, self.minimum) = (shapes, minimum)
        rules = shapes.filter { $0.status == .enabled }.map(LifecycleRule.init)
        var prefixes: [[UInt8]] = []
        for prefix in rules.map(\.prefix).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            if let last = prefixes.last, prefix.starts(with: last) { continue }
            prefixes.append(prefix)
        }
        self.prefixes = prefixes
    }

    /// Where on from a key there is something that a rule may be about: the key itself, or the beginning of later ones.
    func next(from key: [UInt8]) -> [UInt8]? {
        var (low, high) = (0, prefixes.count)
        while low < high {
            let middle = (low + high) / 2
            if prefixes[middle].lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
        }
        if low > 0, key.starts(with: prefixes[low - 1]) { return key }
        return low < prefixes.count ? (key.starts(with: prefixes[low]) ? key : prefixes[low]) : nil
    }

    /// What falls due, and by which rule, in a form that fits a header line.
    struct Due: Sendable, Equatable {
        let date: Instant
        let rule: String

        init(_ date: Instant, by rule: LifecycleRule) { (self.date, self.rule) = (date, Due.headerText(rule.id)) }

        /// Ids are told as they are, as S3 tells them; what a line or the quotation marks around an id cannot hold is
        /// percent-encoded.
        private static func headerText(_ id: String) -> String {
            var text = ""
            for byte in id.utf8 {
                if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
                    text.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    text += "%" + Hexadecimal.string([byte]).uppercased()
                }
            }
            return text
        }

        /// Calendars of clients end with the year 9999.
        private static let last = Instant(year: 9999, month: 12, day: 31)

        static func earliest(_ all: some Sequence<Due>) -> Due? {
            let first = all.reduce(Due?.none) { found, next in
                if let found, found.date <= next.date { found } else { next }
            }
            guard let first, let last, first.date <= last else { return nil }
            return first
        }
    }

    /// When a current object expires: by the rule that is due first, and of several the first.
    func expiration(of key: String, size: Int64, tags: [S3.Tag], made: Instant) -> Due? {
        let key = Array(key.utf8)
        return Due.earliest(
            rules.lazy.filter { $0.concerns(key, size: size) && $0.concerns { tags } }
                .compactMap { rule in rule.expiry(of: made).map { Due($0, by: rule) } })
    }

    /// When an upload that goes on is ended. Uploads have no tags that a rule could ask for, and no size.
    func abort(of key: String, begun: Instant) -> Due? { abort(of: Array(key.utf8), begun: begun) }

    func abort(of key: [UInt8], begun: Instant) -> Due? {
        Due.earliest(
            rules.lazy.filter { key.starts(with: $0.prefix) }.compactMap { rule in
                rule.shape.abortIncompleteMultipartUpload?.daysAfterInitiation.map {
                    Due(LifecycleDay.end(begun, days: $0), by: rule)
                }
            })
    }

    /// Who may remove versions only with a second factor does not want them to go by themselves.
    /// - Source: S3 User Guide, "Lifecycle and other bucket configurations": a lifecycle is not supported there. The code is
    ///   ours.
    static let besideFactor = S3Refusal(
        "InvalidBucketState", 409, "Lifecycle configuration is not supported on buckets with MFA Delete.")
}

extension ObjectTarget {
    /// The header line that tells when the object which the call makes expires; nil where it does not.
    /// - Source: S3 API Reference, "PutObject", `x-amz-expiration`.
    func expiration(of size: Int64, _ tags: [S3.Tag], made now: Instant) -> String? {
        lifecycle?.expiration(of: key, size: size, tags: tags, made: Instant(seconds: now.seconds))?.line
    }

    /// As above, of the object that is there.
    var expiration: String? {
        guard let lifecycle, let object else { return nil }
        return lifecycle.expiration(of: key, size: object.size, tags: tags, made: object.modified)?.line
    }
}

extension LifecycleRules.Due {
    fileprivate var line: String { "expiry-date=\"\(date.httpDate)\", rule-id=\"\(rule)\"" }
}
