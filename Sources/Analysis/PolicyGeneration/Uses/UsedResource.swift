/// The resource of a use, as well as it is known.
public enum UsedResource: Sendable, CustomStringConvertible {
    /// `*`: the action was asked about no resource.
    case none
    /// This ARN. Wildcards in it are its own characters.
    case arn(String)
    /// One that matches this pattern, already in the policy language: the source does not tell which.
    case oneOf(String)

    /// The ARN, `*`, or `one of` and the pattern.
    public var description: String {
        switch self {
        case .none: "*"
        case .arn(let text): text
        case .oneOf(let pattern): "one of " + pattern
        }
    }

    /// The resources to ask the engine about, to prove that a policy allows the use.
    var samples: [String] {
        switch self {
        case .none: ["*"]
        case .arn(let text): [text]
        case .oneOf(let pattern):
            [PatternText.sample(pattern, star: "x"), PatternText.sample(pattern, star: "Any/1.b:c")]
        }
    }
}

/// Text of the policy language that stands for other text.
enum PatternText {
    /// A pattern that matches `text` and nothing else: wildcards and what opens a variable are written `${*}`, `${?}`,
    /// `${$}`.
    /// - Source: IAM User Guide, "IAM policy elements: Variables and tags", special characters.
    static func literal(_ text: some StringProtocol) -> String {
        var result = ""
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "*", "?": result += "${\(scalar)}"
            case "$" where index + 1 < scalars.count && scalars[index + 1] == "{": result += "${$}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A text that `pattern` matches, with `star` for each run of any characters.
    static func sample(_ pattern: String, star: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.first {
            if let escaped = escaped(rest) {
                result.append(escaped)
                rest = rest.dropFirst(4)
                continue
            }
            rest.removeFirst()
            switch scalar {
            case "*": result.append(contentsOf: star.unicodeScalars)
            case "?": result.append("q")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// True if the pattern matches more than one text.
    static func hasWildcard(_ pattern: some StringProtocol) -> Bool {
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.first {
            let isEscaped = escaped(rest) != nil
            if !isEscaped, scalar == "*" || scalar == "?" { return true }
            rest = rest.dropFirst(isEscaped ? 4 : 1)
        }
        return false
    }

    /// The character that an escape at the beginning stands for.
    private static func escaped(_ rest: some Collection<Unicode.Scalar>) -> Unicode.Scalar? {
        let four = Array(rest.prefix(4))
        guard four.count == 4, four[0] == "$", four[1] == "{", four[3] == "}", "*?$".unicodeScalars.contains(four[2])
        else { return nil }
        return four[2]
    }
}

extension UsedResource {
    var isNone: Bool {
        if case .none = self { true } else { false }
    }
}
