/// Refuses documents that AWS would refuse to store, in AWS's order: version, old-parser faults, Sids, actions,
/// resource formats, action prefixes, resources. Structure has been checked by the reader.
/// - Source: IAM User Guide, "Grammar of the IAM JSON policy language"; messages as reported for IAM.
struct PolicyValidator {
    let kind: PolicyKind
    let text: [UInt8]

    func validate(_ document: PolicyDocument) throws(PolicyError) {
        try validateCharacters()
        try validateElements(document)
        if kind == .managed, document.version != .v2012 {
            throw PolicyError(message: "Policy document must be version 2012-10-17 or greater.")
        }
        try validateOldParserFaults(document)
        try validateSids(document)
        try validateActions(document)
        let resources = ResourceFormat.firstFault(in: document, kind: kind)
        if let resources { throw resources }
        for statement in document.statements {
            for action in statement.action ?? statement.notAction ?? [] {
                try ActionFormat.validate(action, kind: kind)
            }
        }
        try validateResources(document)
        try validateKind(document)
    }

    /// U+0009, U+000A, U+000D and U+0020 to U+00FF. What a `\u` escape spells is not text of the document.
    private func validateCharacters() throws(PolicyError) {
        var at = 0
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            guard scalar.value <= 0xFF else { throw .syntax(at: at) }
            at += scalar.value < 0x80 ? 1 : 2
        }
    }

    private func validateElements(_ document: PolicyDocument) throws(PolicyError) {
        guard !document.statements.isEmpty else { throw .syntax(at: nil) }
        for statement in document.statements {
            let hasPrincipal = statement.principal != nil || statement.notPrincipal != nil
            if !kind.hasPrincipal, hasPrincipal {
                throw PolicyError(
                    message: "Policy document should not specify a principal.", offset: statement.range.lowerBound)
            }
        }
    }

    private func validateOldParserFaults(_ document: PolicyDocument) throws(PolicyError) {
        for statement in document.statements {
            guard ["Allow", "Deny"].contains(statement.effect) else { throw .legacy }
            for condition in statement.condition {
                guard OperandFormat.accepts(condition, kind: kind, version: document.version ?? .v2008) else {
                    throw .legacy
                }
            }
        }
        guard ResourceFormat.firstFault(in: document, kind: kind) == nil else { return }
        let all = document.statements.flatMap { $0.resource ?? $0.notResource ?? [] }
        guard all.allSatisfy(ResourceFormat.passesOldParser) else { throw .legacy }
    }

    /// IAM's page names letters and digits only; its own example policies also have underscores, and are accepted.
    private func validateSids(_ document: PolicyDocument) throws(PolicyError) {
        var seen: Set<String> = []
        for sid in document.statements.compactMap(\.sid) where !sid.isEmpty {
            if !kind.hasPrincipal, !sid.utf8.allSatisfy({ ActionFormat.isAlphanumeric($0) || $0 == UInt8(ascii: "_") })
            {
                throw PolicyError(
                    message: "Statement IDs (SID) must be alpha-numeric. "
                        + "Check that your input satisfies the regular expression [0-9A-Za-z]*")
            }
            guard seen.insert(sid).inserted else {
                throw PolicyError(message: "Statement IDs (SID) in a single policy must be unique.")
            }
        }
    }

    private func validateActions(_ document: PolicyDocument) throws(PolicyError) {
        for statement in document.statements {
            guard let actions = statement.action ?? statement.notAction, !actions.isEmpty else {
                throw PolicyError(message: "Policy statement must contain actions.")
            }
        }
    }

    private func validateResources(_ document: PolicyDocument) throws(PolicyError) {
        guard kind != .trust else { return }
        for statement in document.statements {
            guard let resources = statement.resource ?? statement.notResource, !resources.isEmpty else {
                throw PolicyError(message: "Policy statement must contain resources.")
            }
        }
    }

    private func validateKind(_ document: PolicyDocument) throws(PolicyError) {
        for statement in document.statements {
            if kind.hasPrincipal { try PrincipalFormat.validate(statement, kind: kind) }
            switch kind {
            case .trust: try TrustFormat.validate(statement)
            case .scp: try OrganizationsFormat.validateResources(statement, kind: kind)
            case .rcp:
                try OrganizationsFormat.validateResources(statement, kind: kind)
                try RCPFormat.validate(statement)
            default: break
            }
        }
    }
}
