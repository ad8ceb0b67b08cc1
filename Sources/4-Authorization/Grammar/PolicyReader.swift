import Formats

/// Reads a policy document's JSON. Every structural fault is one error, `Syntax errors in policy.`
/// - Source: IAM User Guide, "Grammar of the IAM JSON policy language".
struct PolicyReader {
    private var json: JSONReader

    init(_ text: [UInt8]) { json = JSONReader(text, depthLimit: 32) }

    static func read(_ text: [UInt8]) throws(PolicyError) -> PolicyDocument {
        var reader = PolicyReader(text)
        do throws(JSONError) {
            return try reader.document()
        } catch {
            throw .syntax(at: error.offset)
        }
    }

    private mutating func document() throws(JSONError) -> PolicyDocument {
        var document = PolicyDocument()
        var keys = JSONKeys()
        var hasStatement = false
        try json.beginObject()
        while let key = try json.nextKey() {
            try keys.note(key, at: json.keyOffset)
            switch key {
            case "Version":
                let offset = try json.valueOffset()
                guard let version = PolicyDocument.Version(rawValue: try json.readString()) else { throw fault(offset) }
                document.version = version
            case "Id": document.id = try json.readString()
            case "Statement":
                hasStatement = true
                document.statements = try statements()
            default: throw fault(json.keyOffset)
            }
        }
        try json.finish()
        guard hasStatement else { throw fault(json.offset) }
        return document
    }

    private mutating func statements() throws(JSONError) -> [PolicyStatement] {
        guard try json.peek() == .array else {
            let start = try json.valueOffset() + 1
            return [try statement(from: start)]
        }
        try json.beginArray()
        var result: [PolicyStatement] = []
        var start = json.offset
        while try json.nextElement() {
            result.append(try statement(from: start))
            start = json.offset
        }
        return result
    }

    private mutating func statement(from start: Int) throws(JSONError) -> PolicyStatement {
        var statement = PolicyStatement()
        var keys = JSONKeys()
        try json.beginObject()
        while let key = try json.nextKey() {
            try keys.note(key, at: json.keyOffset)
            switch key {
            case "Sid": statement.sid = try json.readString()
            case "Effect": statement.effect = try effect()
            case "Principal": statement.principal = try principal()
            case "NotPrincipal": statement.notPrincipal = try principal()
            case "Action": statement.action = try strings()
            case "NotAction": statement.notAction = try strings()
            case "Resource": statement.resource = try resources()
            case "NotResource": statement.notResource = try resources()
            case "Condition": statement.condition = try condition()
            default: throw fault(json.keyOffset)
            }
        }
        let isTwofold =
            statement.action != nil && statement.notAction != nil
            || statement.resource != nil && statement.notResource != nil
            || statement.principal != nil && statement.notPrincipal != nil
        guard !statement.effect.isEmpty, !isTwofold else { throw fault(json.offset - 1) }
        statement.range = start..<json.offset
        return statement
    }

    private mutating func effect() throws(JSONError) -> String {
        let offset = try json.valueOffset()
        let text = try json.readString()
        guard ["allow", "deny"].contains(ASCII.lowercased(text)) else { throw fault(offset) }
        return text
    }

    /// One string or a list of strings.
    private mutating func strings() throws(JSONError) -> [String] {
        guard try json.peek() == .array else { return [try json.readString()] }
        var result: [String] = []
        try json.beginArray()
        while try json.nextElement() { result.append(try json.readString()) }
        return result
    }

    /// As `strings`; IAM passes over a null in the list.
    private mutating func resources() throws(JSONError) -> [String] {
        guard try json.peek() == .array else { return [try json.readString()] }
        var result: [String] = []
        try json.beginArray()
        while try json.nextElement() {
            if try json.peek() == .null { try json.readNull() } else { result.append(try json.readString()) }
        }
        return result
    }

    private mutating func condition() throws(JSONError) -> [PolicyCondition] {
        var result: [PolicyCondition] = []
        var operators = JSONKeys()
        try json.beginObject()
        while let name = try json.nextKey() {
            try operators.note(name, at: json.keyOffset)
            let isKnown = ConditionOperator(name) != nil
            let offset = json.keyOffset
            var keys = JSONKeys()
            try json.beginObject()
            while let key = try json.nextKey() {
                // IAM minds an unknown operator only if it is to test something.
                guard isKnown else { throw fault(offset) }
                try keys.note(key, at: json.keyOffset)
                result.append(PolicyCondition(operatorName: name, key: key, values: try operands()))
            }
        }
        return result
    }

    private mutating func operands() throws(JSONError) -> [String] {
        guard try json.peek() == .array else { return [try operand()] }
        var result: [String] = []
        try json.beginArray()
        while try json.nextElement() { result.append(try operand()) }
        return result
    }

    private mutating func operand() throws(JSONError) -> String {
        switch try json.peek() {
        case .number: try json.readNumberText()
        case .bool: try json.readBool() ? "true" : "false"
        default: try json.readString()
        }
    }

    private mutating func principal() throws(JSONError) -> PrincipalElement {
        var element = PrincipalElement()
        let offset = try json.valueOffset()
        if try json.peek() == .string {
            guard try json.readString() == "*" else { throw fault(offset) }
            (element.isBareStar, element.range) = (true, offset..<json.offset)
            return element
        }
        var keys = JSONKeys()
        try json.beginObject()
        while let key = try json.nextKey() {
            try keys.note(key, at: json.keyOffset)
            guard let kind = PrincipalElement.Mention.Kind(rawValue: key) else { throw fault(json.keyOffset) }
            if try json.peek() == .array {
                element.hasList = true
                try json.beginArray()
                while try json.nextElement() { element.mentions.append(try mention(kind)) }
            } else {
                element.mentions.append(try mention(kind))
            }
        }
        element.range = offset..<json.offset
        return element
    }

    private mutating func mention(_ kind: PrincipalElement.Mention.Kind) throws(JSONError) -> PrincipalElement.Mention {
        let start = try json.valueOffset()
        let value = try json.readString()
        return .init(kind: kind, value: value, range: start..<json.offset)
    }

    private func fault(_ offset: Int) -> JSONError { JSONError(.unexpectedEnd, at: offset) }
}
