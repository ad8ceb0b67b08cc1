public import Authorization
public import World

/// One access that was allowed and used: what the policy engine was asked, how often and when.
public struct Use: Sendable {
    /// `prefix:Name`; the spelling is the caller's, the policy has the catalogue's.
    public let action: String
    public let resource: UsedResource
    /// What the request said for condition keys, as far as it is known. Keys that tell the time of a call do not belong
    /// here: they would make each use another.
    public let context: [ConditionKey: ContextValue]
    public var count: Int
    public var first: Instant
    public var last: Instant
    /// True if the record does not name the action but tells that it was needed, such as `iam:PassRole`.
    public let isInferred: Bool

    /// - Parameter last: the time of `first` where there was one use.
    public init(
        _ action: String, on resource: UsedResource, context: [ConditionKey: ContextValue] = [:], count: Int = 1,
        first: Instant, last: Instant? = nil, isInferred: Bool = false
    ) {
        (self.action, self.resource, self.context, self.count) = (action, resource, context, count)
        (self.first, self.last, self.isInferred) = (first, last ?? first, isInferred)
    }

    /// What the request said for one key; nil where it is not known or has several values.
    func single(_ key: String) -> String? {
        guard case .single(let text)? = context[ConditionKey(key)] else { return nil }
        return text
    }
}

extension Use: CustomStringConvertible {
    /// Such as `s3:GetObject on arn:aws:s3:::reports/a.csv`.
    public var description: String { "\(action) on \(resource)" }
}

extension [Use] {
    /// The same uses with equal ones counted together, in an order that does not depend on the given one.
    public func gathered() -> [Use] {
        var places: [ExactText: Int] = [:]
        var result: [(key: ExactText, use: Use)] = []
        for use in self {
            let identity = use.identity
            if let place = places[identity] {
                result[place].use.count += use.count
                result[place].use.first = Swift.min(result[place].use.first, use.first)
                result[place].use.last = Swift.max(result[place].use.last, use.last)
            } else {
                places[identity] = result.count
                result.append((identity, use))
            }
        }
        return result.sorted { $0.key < $1.key }.map(\.use)
    }
}

extension Use {
    /// What two uses must share to be counted as one.
    fileprivate var identity: ExactText {
        let keys = context.map { "\($0.key)=\($0.value)" }.sorted()
        return ExactText(([action.lowercased(), resource.description] + keys).joined(separator: "\u{0}"))
    }
}
