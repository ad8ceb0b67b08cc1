public import AWS
import Formats

/// What `sts:DecodeAuthorizationMessage` tells of a denial, as JSON text.
/// - Source: STS API Reference, "DecodeAuthorizationMessage".
public enum AuthorizationFailure {
    /// - Parameter reader: whose callers may read it. Statements are told only where the resource is theirs too.
    /// - Parameter limit: how many bytes the text may have; what makes it longer is left out, conditions first.
    public static func text(_ explanation: Explanation, for reader: AccountID, limit: Int) -> [UInt8] {
        let mayKnow = explanation.question.resourceAccount.map { $0 == reader } ?? true
        var text: [UInt8] = []
        for detail in Detail.allCases.reversed() where mayKnow || detail == .decision {
            text = write(explanation, detail)
            if text.count <= limit { break }
        }
        return text
    }

    private enum Detail: Int, CaseIterable, Comparable {
        case decision, statements, everything
        static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
    }

    private static func write(_ explanation: Explanation, _ detail: Detail) -> [UInt8] {
        let isExplicit = explanation.decision.outcome == .explicitDeny
        var json = JSONWriter(reserving: 1024)
        json.beginObject()
        json.key("allowed")
        json.bool(explanation.decision.isAllowed)
        json.key("explicitDeny")
        json.bool(isExplicit)
        let denying = isExplicit && detail >= .statements ? explanation.near.filter { $0.isMatch && $0.isDeny } : []
        items("matchedStatements", denying, &json) { write($0, explanation.question, &$1) }
        items("failures", [String](), &json) { _, _ in }
        json.key("context")
        json.beginObject()
        json.key("principal")
        write(explanation.question.subject, &json)
        json.member("action", explanation.question.action.description)
        json.member("resource", explanation.question.resource.description)
        items("conditions", detail == .everything ? explanation.requestKeys : [], &json) { key, json in
            json.beginObject()
            json.member("key", key.name)
            values("values", key.values, &json)
            json.endObject()
        }
        json.endObject()
        json.endObject()
        return json.bytes
    }

    private static func write(_ finding: StatementFinding, _ question: Question, _ json: inout JSONWriter) {
        let written = finding.written
        json.beginObject()
        json.member("statementId", finding.sid ?? "")
        json.member("effect", finding.isDeny ? "DENY" : "ALLOW")
        let named = written.principal.map { $0.isBareStar ? ["*"] : $0.mentions.map(\.value) }
        values("principals", named ?? [question.subject.userID].compactMap { $0 }, &json)
        values("principalGroups", [], &json)
        if let actions = written.action { values("actions", actions, &json) }
        if let actions = written.notAction { values("notActions", actions, &json) }
        if let resources = written.resource { values("resources", resources, &json) }
        if let resources = written.notResource { values("notResources", resources, &json) }
        items("conditions", written.condition, &json) { condition, json in
            json.beginObject()
            json.member("key", condition.key)
            values("values", condition.values, &json)
            json.endObject()
        }
        json.endObject()
    }

    private static func write(_ subject: Subject, _ json: inout JSONWriter) {
        json.beginObject()
        if let id = subject.userID { json.member("id", id) }
        if subject.kind == .user, let name = subject.arn?.split(separator: "/").last {
            json.member("name", String(name))
        }
        if let arn = subject.arn { json.member("arn", arn) }
        json.endObject()
    }

    private static func values(_ name: String, _ values: [String], _ json: inout JSONWriter) {
        items(name, values, &json) { value, json in
            json.beginObject()
            json.member("value", value)
            json.endObject()
        }
    }

    private static func items<Item>(
        _ name: String, _ items: [Item], _ json: inout JSONWriter, _ write: (Item, inout JSONWriter) -> Void
    ) {
        json.key(name)
        json.beginObject()
        json.key("items")
        json.beginArray()
        for item in items { write(item, &json) }
        json.endArray()
        json.endObject()
    }
}

extension Subject {
    /// `aws:userid`, as far as it is known.
    fileprivate var userID: String? {
        switch kind {
        case .user: uniqueID
        case .root, .assumedRoot: account?.description
        case .roleSession, .federatedUser:
            if let parentID, let session = arn?.split(separator: "/").last {
                parentID + ":" + session
            } else {
                parentID
            }
        case .role: parentID ?? uniqueID
        case .service, .anonymous, .webIdentity, .saml: name
        }
    }
}

extension Explanation {
    /// The keys of the request that are known to have been there: those that were set, and those that policies refer to,
    /// spelled as the policies do.
    fileprivate var requestKeys: [(name: String, values: [String])] {
        var names: [ConditionKey: String] = [:]
        var keys = context.keys
        for layer in Layer.allCases {
            for named in policies.levels(of: layer).joined() {
                for name in named.policy.document.contextKeys {
                    let key = ConditionKey(name)
                    if names.updateValue(name, forKey: key) == nil, !keys.contains(key) { keys.append(key) }
                }
            }
        }
        return keys.compactMap { key in
            switch context.value(of: key) {
            case nil: nil
            case .single(let value)?: (names[key] ?? key.description, [value])
            case .multiple(let values)?: (names[key] ?? key.description, values)
            }
        }
    }
}
