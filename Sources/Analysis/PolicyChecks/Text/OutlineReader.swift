/// Reads the outline of a document from its tree, and reports what is not built as a policy is.
///
/// What it does not understand it leaves out, so that the other checks need not look again.
/// - Source: IAM User Guide, "Grammar of the IAM JSON policy language".
struct OutlineReader {
    var report: Report

    mutating func document(_ root: TextNode) -> PolicyOutline? {
        let place = Place(path: [], range: root.range)
        guard case .object(let members) = root.value else {
            mismatch("object", root, place)
            return nil
        }
        var outline = PolicyOutline(root: root, place: place)
        for member in members {
            let place = Place(path: [.value(member.key)], range: member.node.range)
            switch member.key {
            case "Version":
                outline.hasVersion = true
                outline.version = text(member.node, place)
            case "Id": _ = text(member.node, place)
            case "Statement":
                outline.hasStatement = true
                outline.statements = statements(member.node, place)
            default: unknown(member, [])
            }
        }
        return outline
    }

    private mutating func statements(_ node: TextNode, _ place: Place) -> [StatementOutline] {
        switch node.value {
        case .object(let members): return [statement(members, 0, place)]
        case .array(let nodes):
            var result: [StatementOutline] = []
            for (index, node) in nodes.enumerated() {
                let inner = Place(path: place.path + [.index(index)], range: node.range)
                guard case .object(let members) = node.value else {
                    mismatch("object", node, inner)
                    continue
                }
                result.append(statement(members, index, inner))
            }
            return result
        default:
            mismatch("array", node, place)
            return []
        }
    }

    private mutating func statement(_ members: [TextNode.Member], _ index: Int, _ place: Place) -> StatementOutline {
        var statement = StatementOutline(index: index, place: place)
        for member in members {
            let inner = Place(path: place.path + [.value(member.key)], range: member.node.range)
            switch member.key {
            case "Sid": statement.sid = text(member.node, inner)
            case "Effect":
                statement.hasEffect = true
                statement.effect = text(member.node, inner)
            case "Action", "NotAction":
                if let list = list(member, inner, place) { statement.actions.append(list) }
            case "Resource", "NotResource":
                if let list = list(member, inner, place) { statement.resources.append(list) }
            case "Principal", "NotPrincipal":
                if let element = principal(member, inner, place) { statement.principals.append(element) }
            case "Condition": conditions(member.node, inner, &statement)
            default: unknown(member, place.path)
            }
        }
        return statement
    }

    private mutating func text(_ node: TextNode, _ place: Place) -> PlacedText? {
        guard case .string(let text) = node.value else {
            mismatch("string", node, place)
            return nil
        }
        return PlacedText(text: text, place: place)
    }

    private mutating func list(_ member: TextNode.Member, _ place: Place, _ outer: Place) -> TextList? {
        let name = key(member, outer.path)
        switch member.node.value {
        case .string(let text):
            return TextList(name: name, place: place, entries: [PlacedText(text: text, place: place)], isArray: false)
        case .array(let nodes):
            return TextList(name: name, place: place, entries: texts(nodes, place), isArray: true)
        default:
            mismatch("string or array of strings", member.node, place)
            return nil
        }
    }

    private mutating func texts(_ nodes: [TextNode], _ place: Place) -> [PlacedText] {
        var result: [PlacedText] = []
        for (index, node) in nodes.enumerated() {
            if let text = text(node, Place(path: place.path + [.index(index)], range: node.range)) {
                result.append(text)
            }
        }
        return result
    }

    private mutating func principal(_ member: TextNode.Member, _ place: Place, _ outer: Place) -> PrincipalOutline? {
        let name = key(member, outer.path)
        switch member.node.value {
        case .string("*"): return PrincipalOutline(name: name, place: place, isBareStar: true, groups: [])
        case .object(let members):
            if members.isEmpty {
                report.add(
                    .emptyObjectPrincipal, "\(name.text) names nobody, so the statement reaches nobody.",
                    mend: "Name the principals meant, or remove the statement.", at: place)
            }
            var groups: [PrincipalOutline.Group] = []
            for member in members {
                if let group = group(member, place) { groups.append(group) }
            }
            return PrincipalOutline(name: name, place: place, isBareStar: false, groups: groups)
        default:
            report.add(
                .invalidPrincipalFormat,
                "\(name.text) must be \"*\" or an object that says of each principal what kind it is.",
                mend: "Write for instance {\"AWS\": \"111122223333\"}.", at: place)
            return nil
        }
    }

    private mutating func group(_ member: TextNode.Member, _ outer: Place) -> PrincipalOutline.Group? {
        let kind = key(member, outer.path)
        let place = Place(path: outer.path + [.value(member.key)], range: member.node.range)
        guard ["AWS", "Service", "Federated", "CanonicalUser"].contains(member.key) else {
            report.add(
                .invalidPrincipalKey, "There are no principals of the kind \"\(member.key)\".",
                mend: "Use AWS, Service, Federated or CanonicalUser.", at: kind.place)
            return nil
        }
        switch member.node.value {
        case .string(let text):
            return .init(kind: kind, place: place, entries: [PlacedText(text: text, place: place)], isArray: false)
        case .array(let nodes):
            if nodes.isEmpty {
                report.add(
                    .emptyArrayPrincipal,
                    "The list of principals is empty, so the statement reaches nobody through it.",
                    mend: "Name the principals meant, or remove the list.", at: place)
            }
            return .init(kind: kind, place: place, entries: texts(nodes, place), isArray: true)
        default:
            mismatch("string or array of strings", member.node, place)
            return nil
        }
    }

    private mutating func conditions(_ node: TextNode, _ place: Place, _ statement: inout StatementOutline) {
        guard case .object(let operators) = node.value else { return mismatch("object", node, place) }
        if operators.isEmpty { statement.emptyConditions.append(place) }
        for member in operators {
            let inner = Place(path: place.path + [.value(member.key)], range: member.node.range)
            guard case .object(let keys) = member.node.value else {
                mismatch("object", member.node, inner)
                continue
            }
            if keys.isEmpty { statement.emptyConditions.append(inner) }
            let name = key(member, place.path)
            for entry in keys { statement.conditions.append(condition(entry, name, inner)) }
        }
    }

    private mutating func condition(_ member: TextNode.Member, _ name: PlacedText, _ outer: Place) -> ConditionOutline {
        let place = Place(path: outer.path + [.value(member.key)], range: member.node.range)
        var operands: [ConditionOutline.Operand] = []
        var isArray = false
        if case .array(let nodes) = member.node.value {
            isArray = true
            for (index, node) in nodes.enumerated() {
                let inner = Place(path: place.path + [.index(index)], range: node.range)
                if let operand = operand(node, inner) { operands.append(operand) }
            }
        } else if let operand = operand(member.node, place) {
            operands = [operand]
        }
        return ConditionOutline(
            operatorName: name, key: key(member, outer.path), place: place, operands: operands, isArray: isArray,
            operation: OperatorName(name.text))
    }

    private mutating func operand(_ node: TextNode, _ place: Place) -> ConditionOutline.Operand? {
        switch node.value {
        case .string(let text), .number(let text): return .init(text: text, kind: node.kindName, place: place)
        case .bool(let value): return .init(text: value ? "true" : "false", kind: node.kindName, place: place)
        case .object, .array, .null:
            mismatch("string, number or boolean", node, place)
            return nil
        }
    }

    private func key(_ member: TextNode.Member, _ path: [PathElement]) -> PlacedText {
        PlacedText(text: member.key, place: Place(path: path + [.key(member.key)], range: member.keyRange))
    }

    private mutating func unknown(_ member: TextNode.Member, _ path: [PathElement]) {
        report.add(
            .invalidPolicyElement, "Policies have no element \"\(member.key)\" here.",
            mend: "Remove it, or mend its spelling: names of elements are case-sensitive.", at: key(member, path).place)
    }

    private mutating func mismatch(_ expected: String, _ node: TextNode, _ place: Place) {
        report.add(
            .dataTypeMismatch, "A value of the JSON type \(expected) belongs here, not \(node.kindName).",
            mend: "Give a value of that type.", at: place)
    }
}
