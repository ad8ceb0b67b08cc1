/// Reads options of the form `--name VALUE`, `--name=VALUE` and `--flag`. Anything else stops the command.
struct Options {
    /// What a command understands. Printed by `--help`, and the source of the README's table.
    struct Known: Sendable {
        let name: String
        /// Nil for a flag.
        let value: String?
        /// The environment variable that says the same; the option wins.
        let variable: String?
        let help: String

        init(_ name: String, _ value: String? = nil, variable: String? = nil, _ help: String) {
            (self.name, self.value, self.variable, self.help) = (name, value, variable, help)
        }
    }

    private var values: [String: String] = [:]
    let wantsHelp: Bool
    /// What is no option, such as files, in its order.
    private(set) var words: [String] = []

    /// - Parameter takesWords: whether there may be arguments that are no options. A single `-` is one.
    init(
        _ arguments: [String], command: String, known: [Known], environment: [String: String], takesWords: Bool = false
    ) throws {
        wantsHelp = arguments.contains("--help") || arguments.contains("-h")
        guard !wantsHelp else { return }
        for option in known {
            if let variable = option.variable, let value = environment[variable] {
                values[option.name] = try Options.checked(value, option, from: variable)
            }
        }
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if takesWords, argument == "-" || !argument.hasPrefix("-") {
                words.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard argument.hasPrefix("--"), let option = known.first(where: { "--" + $0.name == parts[0] }) else {
                throw UsageError("'\(argument)' is no option of \(command)", "gatehouse \(command) --help")
            }
            if option.value == nil {
                guard parts.count == 1 else {
                    throw UsageError("--\(option.name) takes no value", "gatehouse \(command) --help")
                }
                values[option.name] = "true"
            } else if parts.count == 2 {
                values[option.name] = parts[1]
            } else if let value = rest.popFirst() {
                values[option.name] = value
            } else {
                throw UsageError("--\(option.name) needs a value", "gatehouse \(command) --help")
            }
        }
    }

    /// A flag's variable is 1, true, 0 or false; anything else is a mistake, not a guess.
    private static func checked(_ value: String, _ option: Known, from variable: String) throws -> String? {
        guard option.value == nil else { return value }
        switch value.lowercased() {
        case "1", "true": return "true"
        case "0", "false", "": return nil
        default: throw SetupError("\(variable) is \"\(value)\"; it can be 1 or 0")
        }
    }

    subscript(_ name: String) -> String? { values[name] }
    func has(_ name: String) -> Bool { values[name] != nil }

    static func help(_ command: String, _ summary: String, _ known: [Known]) -> String {
        let lines = known.map { option in
            let left = "  --\(option.name)" + (option.value.map { " " + $0 } ?? "")
            let padding = String(repeating: " ", count: max(1, 26 - left.count))
            return left + padding + option.help + (option.variable.map { " [\($0)]" } ?? "")
        }
        return "\(summary)\n\nUsage: gatehouse \(command) [OPTIONS]\n\n" + lines.joined(separator: "\n")
    }
}
