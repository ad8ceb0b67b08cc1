import SSMAPI

/// One filter of a list of parameters: met where one of its values is.
/// - Source: Systems Manager API Reference, "ParameterStringFilter".
struct ParameterFilter: Sendable {
    enum Comparison: Sendable { case equals, beginsWith, contains, oneLevel, recursive }

    private let key: String
    private let comparison: Comparison
    private let values: [String]

    /// - Parameter keys: those that the operation knows; tags are known where `tag:` is.
    private init(_ filter: SSM.ParameterStringFilter, among keys: [String]) throws {
        key = filter.key
        guard keys.contains(key) || key.hasPrefix("tag:") && keys.contains("tag:") else {
            throw SSM.InvalidFilterKey(
                message: "The following filter key is not valid: \(key). Valid filter keys include: "
                    + "[\(keys.filter { $0 != "tag:" }.joined(separator: ", "))].")
        }
        comparison = try ParameterFilter.comparison(filter.option, key)
        values = filter.values ?? []
        guard !values.isEmpty || key.hasPrefix("tag:") else {
            throw SSM.InvalidFilterValue(
                message: "The following filter values are missing : null for filter key \(key)")
        }
        try ParameterFilter.check(values, key, comparison)
    }

    /// - Throws: where no parameter could ever have such a value.
    private static func check(_ values: [String], _ key: String, _ comparison: Comparison) throws {
        let known: [String]? =
            switch key {
            case "Type" where comparison == .equals: SSM.ParameterType.values
            case "Tier" where comparison == .equals: SSM.ParameterTier.values
            default: nil
            }
        for value in values {
            if let known, !known.contains(value) {
                throw SSM.InvalidFilterValue(
                    message: "The following filter value is not valid: \(value). Valid values include: "
                        + "[\(known.joined(separator: ", "))]")
            }
            guard key == "Path" else { continue }
            let first = try ParameterNaming.path(value).dropFirst().prefix(3).lowercased()
            guard first != "aws", first != "ssm" else {
                throw Refused.invalid(
                    #"Filters for common parameters can't be prefixed with "aws" or "ssm" (case-insensitive)."#)
            }
        }
    }

    /// Whether a name begins so is what the older kind of filter asks.
    init(_ filter: SSM.ParametersFilter) {
        (key, values) = (filter.key.rawValue, filter.values)
        comparison = filter.key == .name ? .beginsWith : .equals
    }

    static func all(_ filters: [SSM.ParameterStringFilter]?, among keys: [String]) throws -> [ParameterFilter] {
        var seen: Set<String> = []
        return try (filters ?? []).map { filter in
            guard seen.insert(filter.key).inserted else {
                throw SSM.InvalidFilterKey(
                    message:
                        "The following filter is duplicated in the request: \(filter.key). A request can contain only "
                        + "one occurrence of a specific filter.")
            }
            return try ParameterFilter(filter, among: keys)
        }
    }

    private static func comparison(_ option: String?, _ key: String) throws -> Comparison {
        switch (key, option) {
        case ("Path", nil), ("Path", "OneLevel"): return .oneLevel
        case ("Path", "Recursive"): return .recursive
        case ("Path", _): break
        case (_, nil), (_, "Equals"): return .equals
        case ("Label", _): break
        case (_, "BeginsWith"): return .beginsWith
        case ("Name", "Contains"): return .contains
        default: break
        }
        throw SSM.InvalidFilterOption(
            message: "The following filter option is not valid: \(option ?? ""). Valid options include: "
                + (key == "Path" ? "[Recursive, OneLevel]." : "[BeginsWith, Equals]."))
    }

    /// The label that versions are looked for by; nil for other filters.
    var label: String? { key == "Label" ? values.first : nil }

    func matches(_ parameter: Parameter) -> Bool {
        let version = parameter.latest
        switch key {
        case "Name": return meets(parameter.name)
        case "Type": return meets(version.type.rawValue)
        case "KeyId": return version.shownKey.map(meets) ?? false
        case "Tier": return meets(parameter.tier.rawValue)
        case "DataType": return meets(version.dataType)
        case "Path":
            return values.contains {
                ParameterPath.holds(parameter.name, $0, isRecursive: comparison == .recursive)
            }
        case "Label": return true
        default:
            let name = key.dropFirst("tag:".utf8.count)
            return parameter.tags.contains { $0.key == name && (values.isEmpty || meets($0.value)) }
        }
    }

    private func meets(_ text: String) -> Bool {
        values.contains { value in
            switch comparison {
            case .beginsWith: text.hasPrefix(value) || key == "Name" && text.hasPrefix("/" + value)
            case .contains: text.contains(value)
            default: text == value || key == "Name" && (text == "/" + value || "/" + text == value)
            }
        }
    }
}

/// Which parameters are under a path.
enum ParameterPath {
    static func holds(_ name: String, _ path: String, isRecursive: Bool) -> Bool {
        let head = path.hasSuffix("/") ? path : path + "/"
        guard head != "/" else { return isRecursive || !name.drop { $0 == "/" }.contains("/") }
        guard name.hasPrefix(head) else { return false }
        return isRecursive || !name.dropFirst(head.count).contains("/")
    }
}
