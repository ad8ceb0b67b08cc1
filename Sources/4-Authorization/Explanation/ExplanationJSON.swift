import AWS
public import Formats

extension Explanation {
    /// Writes the explanation as one JSON object. Places are counted from 1, statements and policies from 0.
    /// - Parameter hidesResourceSide: as `ExplanationText` has it.
    public func write(to json: inout JSONWriter, hidesResourceSide: Bool = false) {
        func hides(_ layer: Layer) -> Bool { hidesResourceSide && (layer == .resource || layer == .rcp) }
        json.beginObject()
        json.member("decision", decision.outcome.rawValue)
        json.member("layer", decision.layer.rawValue)
        if let caller = question.subject.arn ?? question.subject.name { json.member("caller", caller) }
        json.member("action", question.action.description)
        json.member("resource", question.resource.description)
        if let owner = question.resourceAccount { json.member("resourceAccount", owner.description) }
        if let deciding, !hides(deciding.layer) {
            json.key("decidedBy")
            deciding.write(to: &json)
        }
        json.key("statements")
        json.beginArray()
        for finding in near where !hides(finding.layer) { finding.write(to: &json) }
        json.endArray()
        if !decision.isAllowed {
            let (pieces, isComplete) = missing
            json.key("missing")
            json.beginArray()
            for piece in pieces { piece.write(to: &json, isHidden: hides(piece.layer)) }
            json.endArray()
            json.key("missingIsComplete")
            json.bool(isComplete)
        }
        json.endObject()
    }
}

extension StatementFinding {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        writePlace(to: &json)
        json.member("effect", isDeny ? "Deny" : "Allow")
        json.key("matches")
        json.bool(isMatch)
        if let reachesPrincipal {
            json.key("reachesPrincipal")
            json.bool(reachesPrincipal)
        }
        json.key("coversResource")
        json.bool(coversResource)
        json.key("conditions")
        json.beginArray()
        for condition in conditions { condition.write(to: &json) }
        json.endArray()
        json.endObject()
    }

    fileprivate func writePlace(to json: inout JSONWriter) {
        json.member("layer", layer.rawValue)
        if layer == .scp || layer == .rcp {
            json.key("level")
            json.integer(index.level)
        }
        if !policyName.isEmpty { json.member("policyName", policyName) }
        if let policyARN { json.member("policyArn", policyARN) }
        json.key("policyIndex")
        json.integer(index.policy)
        json.key("statementIndex")
        json.integer(index.statement)
        if let sid { json.member("sid", sid) }
        for (name, place) in [("start", start), ("end", end)] {
            json.key(name)
            json.beginObject()
            json.key("line")
            json.integer(place.line)
            json.key("column")
            json.integer(place.column)
            json.endObject()
        }
    }
}

extension ConditionFinding {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("operator", operatorName)
        json.member("key", key)
        json.key("requestValue")
        switch value {
        case nil: json.null()
        case .single(let text)?: json.string(text)
        case .multiple(let texts)?:
            json.beginArray()
            for text in texts { json.string(text) }
            json.endArray()
        }
        json.key("operands")
        json.beginArray()
        for operand in operands {
            if let resolved = operand.resolved { json.string(resolved) } else { json.null() }
        }
        json.endArray()
        if operands.contains(where: { $0.resolved != $0.written }) {
            json.key("operandsAsWritten")
            json.beginArray()
            for operand in operands { json.string(operand.written) }
            json.endArray()
        }
        json.key("holds")
        json.bool(holds)
        json.endObject()
    }
}

extension MissingPiece {
    fileprivate func write(to json: inout JSONWriter, isHidden: Bool) {
        json.beginObject()
        if isHidden {
            json.member("kind", "resourceAccount")
            json.member("layer", layer.rawValue)
            return json.endObject()
        }
        switch self {
        case .removal(let finding): write("removal", finding, to: &json) { $0.holds }
        case .condition(let finding): write("condition", finding, to: &json) { !$0.holds }
        case .resource(let finding): write("resource", finding, to: &json) { _ in false }
        case .principal(let finding, let name):
            write("principal", finding, to: &json) { _ in false }
            json.member("principal", name)
        case .repair(let policy, let place, let layer):
            json.member("kind", "repair")
            json.member("layer", layer.rawValue)
            if !policy.name.isEmpty { json.member("policyName", policy.name) }
            json.key("policyIndex")
            json.integer(place.policy)
        case .statement(let example, let layer, let level):
            json.member("kind", "statement")
            json.member("layer", layer.rawValue)
            if layer == .scp || layer == .rcp {
                json.key("level")
                json.integer(level)
            }
            json.key("example")
            json.raw(Array(example.text.utf8))
        case .publicAccessBlock: json.member("kind", "publicAccessBlock")
        case .objectOwnership: json.member("kind", "objectOwnership")
        case .grant(let grant):
            json.member("kind", "grant")
            json.member("grantee", grant.grantee)
        }
        json.endObject()
    }

    private func write(
        _ kind: String, _ finding: StatementFinding, to json: inout JSONWriter,
        where isShown: (ConditionFinding) -> Bool
    ) {
        json.member("kind", kind)
        finding.writePlace(to: &json)
        let conditions = finding.conditions.filter(isShown)
        guard !conditions.isEmpty else { return }
        json.key("conditions")
        json.beginArray()
        for condition in conditions { condition.write(to: &json) }
        json.endArray()
    }
}
