/// A parameter of a request, as the tests write it down.
indirect enum Value: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([Value])
    case map([String: Value])

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: Value...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, Value)...) { self = .map(Dictionary(elements) { first, _ in first }) }

    /// The same with every `{name}` replaced by what it stands for.
    func filled(_ names: [String: String]) -> Value {
        switch self {
        case .text(let text):
            if text.hasPrefix("{"), text.hasSuffix("}"), let name = names[String(text.dropFirst().dropLast())] {
                .text(name)
            } else {
                self
            }
        case .list(let values): .list(values.map { $0.filled(names) })
        case .map(let members): .map(members.mapValues { $0.filled(names) })
        default: self
        }
    }

    /// As the members of a query form.
    func form(_ name: String) -> [(String, String)] {
        switch self {
        case .text(let text): [(name, text)]
        case .number(let number): [(name, String(number))]
        case .flag(let flag): [(name, flag ? "true" : "false")]
        case .list(let values): values.enumerated().flatMap { $1.form("\(name).member.\($0 + 1)") }
        case .map(let members):
            members.sorted { $0.key < $1.key }.flatMap { $1.form(name.isEmpty ? $0 : name + "." + $0) }
        }
    }

    /// As a JSON value.
    var json: Any {
        switch self {
        case .text(let text): text
        case .number(let number): number
        case .flag(let flag): flag
        case .list(let values): values.map(\.json)
        case .map(let members): members.mapValues(\.json)
        }
    }
}

typealias Input = [String: Value]

/// Tags as a query sends them.
func tags(_ pairs: KeyValuePairs<String, String>) -> Value {
    .list(pairs.map { .map(["Key": .text($0), "Value": .text($1)]) })
}
