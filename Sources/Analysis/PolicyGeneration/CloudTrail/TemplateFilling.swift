/// A resource type's ARN with the record's parameters in the place of its names.
struct TemplateFilling {
    /// Exact where every name was found; otherwise one pattern.
    let resources: [UsedResource]
    /// True if every name was found.
    let isWhole: Bool

    init(_ record: CloudTrailRecord, _ template: ResourceTemplate) {
        let names = ParameterNames(record, type: template.type)
        var head = ["arn"]
        for parts in template.head { head.append(parts.map { TemplateFilling.head($0, record) }.joined()) }
        // Texts in the policy language; several where the record names several.
        var texts = [head.joined(separator: ":") + ":"]
        var isWhole = true
        for part in template.resource {
            switch part {
            case .text(let text): texts = texts.map { $0 + PatternText.literal(text) }
            case .placeholder(let name):
                let values = names.values(of: name)
                // Two lists of names do not tell which belongs to which.
                if values.isEmpty || (values.count > 1 && texts.count > 1) {
                    isWhole = false
                    texts = texts.map { $0 + "*" }
                } else {
                    texts = texts.flatMap { text in values.map { text + PatternText.literal($0) } }
                }
            }
        }
        self.isWhole = isWhole
        resources = texts.map { text in
            PatternText.hasWildcard(text) ? .oneOf(text) : .arn(PatternText.sample(text, star: ""))
        }
    }

    private static func head(_ part: ResourceTemplate.Part, _ record: CloudTrailRecord) -> String {
        switch part {
        case .text(let text): return text
        case .placeholder("Partition"): return record.partition
        case .placeholder("Region"): return record.region
        case .placeholder("Account"): return ParameterNames.owner(record) ?? record.caller
        case .placeholder: return "*"
        }
    }
}

/// Which parameters of a record stand for the names in ARNs.
struct ParameterNames {
    private let record: CloudTrailRecord
    private let type: String

    init(_ record: CloudTrailRecord, type: String) { (self.record, self.type) = (record, type) }

    /// The account that a queue's URL names.
    static func owner(_ record: CloudTrailRecord) -> String? {
        guard let url = record.texts("queueurl").first else { return nil }
        return url.split(separator: "/").dropLast().last.map(String.init).flatMap { $0.count == 12 ? $0 : nil }
    }

    /// The values of `placeholder`, such as `FunctionName`; none where the record does not tell.
    func values(of placeholder: String) -> [String] {
        let wanted = placeholder.lowercased()
        for key in keys(wanted) {
            let values = record.texts(key).map { value($0, of: wanted) }.filter { !$0.isEmpty && !$0.hasPrefix("arn:") }
            if !values.isEmpty { return Array(Set(values.map { ExactText($0) })).sorted().map(\.text) }
        }
        guard stem(wanted) == normal(type) else { return [] }
        return record.parameters.filter { $0.isOutermost && $0.key == "name" }.map { value($0.text, of: wanted) }
            .filter { !$0.isEmpty && !$0.hasPrefix("arn:") }
    }

    private func normal(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }

    private func stem(_ name: String) -> String {
        for end in ["withpath", "name", "identifier"] where name.hasSuffix(end) && name.count > end.count {
            return stem(String(name.dropLast(end.count)))
        }
        return name
    }

    /// The parameters that may say it, the likeliest first.
    private func keys(_ wanted: String) -> [String] {
        let stem = stem(wanted)
        return [wanted] + (ParameterNames.others[wanted] ?? []) + [stem + "name", stem + "identifier", stem]
    }

    private static let others = [
        "securitygroupid": ["groupid"], "keypairname": ["keyname"], "queuename": ["queueurl"],
        "parameternamewithoutleadingslash": ["name", "names"], "secretid": ["secretid", "name"],
        "trailname": ["trailname"], "alias": ["aliasname"], "objectname": ["key"], "clustername": ["cluster"],
        "servicename": ["service"], "mfatokenidwithpath": ["virtualmfadevicename"],
        "certificatenamewithpath": ["servercertificatename"],
    ]

    /// A parameter's value as it stands in an ARN.
    private func value(_ text: String, of wanted: String) -> String {
        switch wanted {
        case "queuename": text.split(separator: "/").last.map(String.init) ?? text
        case "parameternamewithoutleadingslash": text.hasPrefix("/") ? String(text.dropFirst()) : text
        case "alias" where text.hasPrefix("alias/"): String(text.dropFirst("alias/".count))
        // `alias/NAME` is a name for a key, and `FUNCTION:ALIAS` for a version: not the resource itself.
        case "keyid" where text.hasPrefix("alias/"): ""
        case "functionname" where text.contains(":"): ""
        default: text
        }
    }
}

extension CloudTrailRecord {
    /// The account whose resources were meant, as far as the record tells.
    var caller: String { identity.account.isEmpty ? account : identity.account }
}
