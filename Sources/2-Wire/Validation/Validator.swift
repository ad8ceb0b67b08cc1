import Smithy

/// A constraint of the model that a value does not satisfy.
struct Violation: Equatable {
    /// Such as `tags.1.member.key`.
    let path: String
    /// As the client wrote it; nil where the member is missing.
    let value: String?
    let isSensitive: Bool
    /// `Member must …`.
    let constraint: String

    /// How the constraints of patterns and enumerations begin; what they are stands behind.
    static let pattern = "Member must satisfy regular expression pattern: "
    static let enumeration = "Member must satisfy enum value set"

    /// In bytes: of a text of megabytes an error does not repeat every word.
    private static let longestShown = 64 << 10

    /// One clause of AWS's validation message.
    var text: String {
        let shown = value.map { isSensitive || $0.utf8.count > Violation.longestShown ? "" : " '\($0)'" } ?? " null"
        return "Value\(shown) at '\(path)' failed to satisfy constraint: \(constraint)"
    }
}

/// Checks values against the model's constraints as they are decoded, for every protocol.
///
/// It keeps going: AWS lists all violations of a request in one message. Decoders say where they are; only containers
/// are kept on the path, so that a plain member costs nothing.
struct Validator {
    private enum Step {
        case member(MemberSchema)
        case element(Int)
        case entry(String)
    }

    private(set) var violations: [Violation] = []
    private var path: [Step] = []
    /// Whether an element of the innermost list, itself a plain value, failed; AWS then reports the list.
    private var hasFailedElement = false

    mutating func enter(_ member: MemberSchema?) {
        if let member { path.append(.member(member)) }
    }
    mutating func leave(_ member: MemberSchema?) {
        if member != nil { path.removeLast() }
    }
    mutating func enter(element number: Int) { path.append(.element(number)) }
    mutating func enter(entry key: String) { path.append(.entry(key)) }
    mutating func leave() { path.removeLast() }

    mutating func check(_ value: String, as member: MemberSchema?) {
        guard let member, member.isConstrained else { return }
        // Characters as Java counts them: UTF-16 code units.
        checkLength(value.utf16.count, of: member) { value }
        if let pattern = member.pattern, !pattern.matches(value) {
            fail(member, value, Violation.pattern + pattern.source)
        }
    }

    mutating func check(_ value: Int, as member: MemberSchema?) {
        guard let member, member.isConstrained else { return }
        if let maximum = member.maximum, value > maximum {
            fail(member, "\(value)", "Member must have value less than or equal to \(maximum)")
        }
        if let minimum = member.minimum, value < minimum {
            fail(member, "\(value)", "Member must have value greater than or equal to \(minimum)")
        }
    }

    mutating func check(_ value: Double, as member: MemberSchema?) {
        guard let member, member.isConstrained else { return }
        if let maximum = member.maximum, !(value <= Double(maximum)) {
            fail(member, "\(value)", "Member must have value less than or equal to \(maximum)")
        }
        if let minimum = member.minimum, !(value >= Double(minimum)) {
            fail(member, "\(value)", "Member must have value greater than or equal to \(minimum)")
        }
    }

    mutating func check(_ blob: [UInt8], as member: MemberSchema?) {
        guard let member, member.isConstrained else { return }
        checkLength(blob.count, of: member) { "java.nio.HeapByteBuffer[pos=0 lim=\(blob.count) cap=\(blob.count)]" }
    }

    mutating func check<T: StringEnum>(_ value: T, as member: MemberSchema?) {
        guard let member, !value.isKnown else { return }
        fail(member, value.rawValue, "\(Violation.enumeration): [\(T.values.joined(separator: ", "))]")
    }

    /// The number of elements, and the elements themselves where they are plain values. Called after `leave`.
    mutating func check<T>(list values: [T], as member: MemberSchema?) {
        guard let member else { return }
        checkLength(values.count, of: member) { Validator.text(values) }
        guard hasFailedElement, let element = member.element else { return }
        hasFailedElement = false
        let constraints = Validator.constraints(of: element, as: T.self).joined(separator: ", ")
        add(at: pathText(member), Validator.text(values), element, "Member must satisfy constraint: [\(constraints)]")
    }

    mutating func check(mapOf count: Int, as member: MemberSchema?) {
        guard let member else { return }
        checkLength(count, of: member) { "{…}" }
    }

    /// Adds the required members that were not given.
    mutating func finish(_ schema: Schema, given: MemberSet) {
        for index in schema.required where !given.contains(index) {
            add(at: pathText(schema.members[index]), nil, schema.members[index], "Member must not be null")
        }
    }

    private mutating func checkLength(_ length: Int, of member: MemberSchema, _ text: () -> String) {
        if let maximum = member.maximum, length > maximum {
            fail(member, text(), "Member must have length less than or equal to \(maximum)")
        }
        if let minimum = member.minimum, length < minimum {
            fail(member, text(), "Member must have length greater than or equal to \(minimum)")
        }
    }

    private mutating func fail(_ member: MemberSchema, _ value: String, _ constraint: String) {
        if isElement(member) {
            hasFailedElement = true
            return
        }
        add(at: pathText(member), value, member, constraint)
    }

    /// Whether the value is itself an element of the list at hand, not a member of an element.
    private func isElement(_ member: MemberSchema) -> Bool {
        guard path.count > 1, case .element = path[path.count - 1], case .member(let list) = path[path.count - 2] else {
            return false
        }
        return list.element === member
    }

    private mutating func add(at path: String, _ value: String?, _ member: MemberSchema, _ constraint: String) {
        violations.append(Violation(path: path, value: value, isSensitive: member.isSensitive, constraint: constraint))
    }

    private func pathText(_ last: MemberSchema) -> String {
        var parts = path.map { step in
            switch step {
            case .member(let member): member.lowerName
            case .element(let number): "\(number).member"
            case .entry(let key): "\(key).member"
            }
        }
        parts.append(last.lowerName)
        return parts.joined(separator: ".")
    }

    private static func text<T>(_ values: [T]) -> String { "[" + values.map { "\($0)" }.joined(separator: ", ") + "]" }

    private static func constraints<T>(of element: MemberSchema, as type: T.Type) -> [String] {
        var texts: [String] = []
        if let maximum = element.maximum { texts.append("Member must have length less than or equal to \(maximum)") }
        if let minimum = element.minimum { texts.append("Member must have length greater than or equal to \(minimum)") }
        if let pattern = element.pattern {
            texts.append(Violation.pattern + pattern.source)
        }
        if let type = type as? any StringEnum.Type {
            texts.append("\(Violation.enumeration): [\(type.values.joined(separator: ", "))]")
        }
        return texts
    }
}
