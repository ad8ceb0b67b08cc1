public import Authorization
public import World

/// What records say that one principal did.
public struct RecordedUses: Sendable {
    public private(set) var uses: [Use] = []
    /// What was refused: not used, and in no policy.
    public private(set) var refused: [Use] = []
    /// Events that no known action stands for, such as sign-ins, with their counts.
    public private(set) var unknownEvents: [String: Int] = [:]
    /// How many records were the principal's and of the time asked for.
    public private(set) var recordCount = 0

    private let principal: PrincipalFilter
    private let times: ClosedRange<Instant>

    /// Nothing yet: records are added one by one.
    public init(of principal: PrincipalFilter, during times: ClosedRange<Instant>) {
        (self.principal, self.times) = (principal, times)
    }

    /// Takes a record into account, if it is of the principal and the time.
    public mutating func add(_ record: CloudTrailRecord) {
        guard times.contains(record.time), principal.matches(record) else { return }
        recordCount += 1
        guard record.type.isEmpty || record.type == "AwsApiCall", let actions = EventActions.actions(record),
            !record.isUndecided
        else {
            unknownEvents["\(record.source) \(record.name)" + (record.isUndecided ? " (failed)" : ""), default: 0] += 1
            return
        }
        let context = record.context
        for name in actions {
            let action = KnownAction(name)
            for resource in RecordedResources(record: record, action: action).find() {
                add(
                    Use(
                        action.name, on: resource, context: context, first: record.time,
                        isInferred: action.name == "iam:PassRole"), isRefused: record.isRefused)
            }
        }
        for role in record.passedRoles {
            add(
                Use("iam:PassRole", on: .arn(role), context: context, first: record.time, isInferred: true),
                isRefused: record.isRefused)
        }
    }

    /// Takes an access that is known exactly.
    public mutating func add(_ use: Use, isRefused: Bool) {
        if isRefused { refused.append(use) } else { uses.append(use) }
    }

    /// As a call was decided: the record tells who called and how, the questions what was asked.
    public mutating func add(_ record: CloudTrailRecord, decidedBy questions: [RecordedQuestion]) {
        guard times.contains(record.time), principal.matches(record) else { return }
        recordCount += 1
        for question in questions {
            let resource = question.resource == "*" ? UsedResource.none : .arn(question.resource)
            let context = record.context.merging(question.keys) { _, given in given }
            add(
                Use(question.action, on: resource, context: context, first: record.time),
                isRefused: !question.isAllowed)
        }
    }
}

/// What the policies were asked about a recorded call, and what they said.
public struct RecordedQuestion: Sendable {
    public let action: String
    /// An ARN, or `*`.
    public let resource: String
    /// The service's own condition keys.
    public let keys: [ConditionKey: ContextValue]
    public let isAllowed: Bool

    /// What was asked and answered.
    public init(_ action: String, on resource: String, keys: [ConditionKey: ContextValue], isAllowed: Bool) {
        (self.action, self.resource, self.keys, self.isAllowed) = (action, resource, keys, isAllowed)
    }
}

extension CloudTrailRecord {
    /// True if the policies refused the call.
    var isRefused: Bool {
        guard let code = errorCode?.lowercased() else { return false }
        return code.hasPrefix("accessdenied") || code.contains("unauthorized") || code.contains("notauthorized")
            || code == "kms.accessdeniedexception" || code == "authorizationerrorexception"
    }

    /// True if the call ended before it was decided, so that it tells nothing of what is needed.
    var isUndecided: Bool {
        guard let code = errorCode?.lowercased() else { return false }
        let ends = [
            "throttl", "signature", "invalidclienttoken", "expiredtoken", "requestexpired", "authfailure",
            "unrecognizedclient", "invalidaccesskeyid", "incompletesignature", "slowdown",
        ]
        return ends.contains { code.contains($0) }
    }

    /// The condition keys that the record tells.
    var context: [ConditionKey: ContextValue] {
        var context: [ConditionKey: ContextValue] = [:]
        func set(_ key: String, _ value: String?) {
            if let value, !value.isEmpty { context[ConditionKey(key)] = .single(value) }
        }
        if endpoint == nil, let address = sourceAddress, address.contains(".") || address.contains(":"),
            !address.contains(where: { ("g"..."z").contains($0) })
        {
            set("aws:SourceIp", address)
        }
        if isTLS { set("aws:SecureTransport", "true") }
        set("aws:RequestedRegion", region)
        set("aws:MultiFactorAuthPresent", identity.mfa)
        set("aws:SourceVpce", endpoint)
        if service == "s3", name.hasPrefix("ListObject") { set("s3:prefix", texts("prefix").first) }
        return context
    }

    /// Roles that the call handed to a service. No record says `iam:PassRole`, but the call needed it.
    /// - Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
    var passedRoles: [String] {
        guard !isReadOnly, !["iam", "sts"].contains(service) else { return [] }
        var seen: Set<String> = []
        return parameters.filter { parameter in
            parameter.key.contains("role") && parameter.text.hasPrefix("arn:") && parameter.text.contains(":iam::")
                && parameter.text.contains(":role/") && seen.insert(parameter.text).inserted
        }.map(\.text)
    }
}
