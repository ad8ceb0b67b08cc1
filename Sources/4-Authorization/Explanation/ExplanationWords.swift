import Formats

/// How explanations name things to people.
extension Layer {
    /// As access denied messages call the kind of policy; nil for what is no policy.
    public func title(trust: Bool = false) -> String? {
        switch self {
        case .scp: "service control policy"
        case .rcp: "resource control policy"
        case .endpoint: "VPC endpoint policy"
        case .resource: trust ? "role trust policy" : "resource-based policy"
        case .identity: "identity-based policy"
        case .boundary: "permissions boundary"
        case .session: "session policy"
        case .root, .both, .unconditional: nil
        }
    }
}

extension StatementFinding {
    /// Such as `identity-based policy "given", statement 1 "Office", line 1 column 42`.
    func place(trust: Bool) -> String {
        var text = PolicyWords.policy(layer, policyName, level: index.level, trust: trust)
        text += ", statement \(index.statement + 1)"
        if let sid, !sid.isEmpty { text += " " + PolicyWords.quoted(sid) }
        return text + ", line \(start.line) column \(start.column)"
    }
}

enum PolicyWords {
    static func policy(_ layer: Layer, _ name: String, level: Int32, trust: Bool) -> String {
        var text = layer.title(trust: trust) ?? layer.rawValue
        if !name.isEmpty { text += " " + quoted(name) }
        if layer == .scp || layer == .rcp { text += " of level \(level + 1)" }
        return text
    }

    /// In quotes, and without anything that would do more on a terminal than be read.
    static func quoted(_ text: String) -> String { "\"" + readable(text) + "\"" }

    /// What a request or a policy says, bare where that is unmistakable.
    static func value(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0 > " " && $0 < "\u{7F}" && $0 != "\"" && $0 != "," }
        return isPlain ? text : quoted(text)
    }

    /// Control characters, and those that turn the direction of writing, as their numbers.
    static func readable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default:
                if scalar == "\"" || scalar == "\\" { result += "\\" }
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension ConditionFinding {
    /// Such as `aws:SourceIp is 198.51.100.7, wanted 203.0.113.0/24 (IpAddress)`.
    var words: String {
        let found =
            switch value {
            case nil: "is absent"
            case .single(let text)?: "is " + PolicyWords.value(text)
            case .multiple(let texts)?: "is the list " + texts.map(PolicyWords.value).joined(separator: ", ")
            }
        let negated = ConditionOperator(operatorName)?.isNegated == true
        let wanted = operands.map { operand in
            guard let resolved = operand.resolved else {
                return PolicyWords.value(operand.written) + " with no value for its variable"
            }
            return PolicyWords.value(resolved)
        }
        let list = wanted.joined(separator: negated ? ", " : " or ")
        return "\(PolicyWords.readable(key)) \(found), wanted \(negated ? "none of " : "")\(list) (\(operatorName))"
    }
}
