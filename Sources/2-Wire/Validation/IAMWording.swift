/// How IAM words what does not fit its model: it shows no values, and tells of names and paths in sentences of their own.
///
/// Those sentences come after all else: a request with another fault is told of that one.
enum IAMWording {
    static func message(_ violations: [Violation]) -> String {
        let others = violations.filter { sentence($0) == nil }
        if others.isEmpty, let sentence = violations.lazy.compactMap(sentence).first { return sentence }
        return ValidationDialect.message(others.map(withoutValue))
    }

    /// What is said of a member that does not match its pattern, where IAM has a sentence for it.
    private static func sentence(_ violation: Violation) -> String? {
        guard let rule = rules[violation.constraint] else { return nil }
        let member = violation.path.split(separator: ".").last ?? ""
        return "The specified value for \(member) is invalid. \(rule)"
    }

    private static func withoutValue(_ violation: Violation) -> Violation {
        // The words of an enumeration are not listed either.
        let isOfSet = violation.constraint.hasPrefix(Violation.enumeration)
        return Violation(
            path: violation.path, value: violation.value, isSensitive: true,
            constraint: isOfSet ? Violation.enumeration : violation.constraint)
    }

    private static let rules: [String: String] = [
        Violation.pattern + #"[\w+=,.@-]+"#:
            "It must contain only alphanumeric characters and/or the following: +=,.@_-",
        Violation.pattern + #"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#:
            "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
        Violation.pattern + #"\u002F[\u0021-\u007F]*"#: prefix,
        Violation.pattern + #"((/[A-Za-z0-9\.,\+@=_-]+)*)/"#: prefix,
    ]
    private static let prefix =
        "It must begin with the / character and contain only alphanumeric characters and/or / characters."
}
