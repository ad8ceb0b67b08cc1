import AWS

/// An explanation as lines for a terminal.
public struct ExplanationText {
    private let explanation: Explanation
    private let hidesResourceSide: Bool
    private var question: Question { explanation.question }
    private var isTrust: Bool { explanation.policies.resourceKind == .roleTrust }

    /// - Parameter hidesResourceSide: for readers who may know their own policies only: what the policies of the
    ///   resource's account say is then not told.
    public init(_ explanation: Explanation, hidesResourceSide: Bool = false) {
        (self.explanation, self.hidesResourceSide) = (explanation, hidesResourceSide)
    }

    /// Without line ends.
    public var lines: [String] {
        var lines = [verdict]
        let subject = question.subject
        lines.append("  caller    " + PolicyWords.readable(subject.arn ?? subject.name ?? "anonymous"))
        lines.append("  action    " + PolicyWords.readable(question.action.description))
        lines.append("  resource  " + PolicyWords.readable(question.resource.description))
        if let owner = question.resourceAccount, owner != subject.account { lines.append("  owner     \(owner)") }
        let near = explanation.near.filter { !hides($0.layer) }
        if !near.isEmpty {
            lines += ["", "Statements that matched or came near"]
            let shown = near.sorted { $0.misses < $1.misses }.prefix(ExplanationText.mostStatements)
            for finding in near where shown.contains(where: { $0.layer == finding.layer && $0.index == finding.index })
            {
                lines += self.lines(finding)
            }
            if near.count > shown.count { lines.append("  and \(near.count - shown.count) more") }
        }
        return lines + missing
    }

    private static let mostStatements = 12

    private func hides(_ layer: Layer) -> Bool { hidesResourceSide && (layer == .resource || layer == .rcp) }

    // MARK: The decision

    private var verdict: String {
        let decision = explanation.decision
        let title = decision.layer.title(trust: isTrust) ?? ""
        switch decision.outcome {
        case .allowed: return "Allowed: " + leave
        case .implicitDeny:
            return "Denied: no \(title) allows the \(PolicyWords.readable(question.action.description)) action"
        case .explicitDeny:
            if hides(decision.layer) { return "Denied: by a statement of a \(title) of the resource's account" }
            if let finding = explanation.deciding { return "Denied: by " + finding.place(trust: isTrust) + arn }
            return "Denied: a stored \(title) cannot be read" + arn
        }
    }

    private var arn: String { explanation.denyingPolicy?.arn.map { " of " + PolicyWords.readable($0) } ?? "" }

    private var leave: String {
        switch explanation.decision.layer {
        case .root: return "the root user of an account needs no policy"
        case .unconditional: return "no policy can forbid it"
        case .resource where hides(.resource): return "by the resource's own account"
        default:
            let by = explanation.deciding.map { "by " + $0.place(trust: isTrust) } ?? "by \(grantor)"
            return explanation.decision.layer == .both ? by + ", and by the resource's account" : by
        }
    }

    private var grantor: String {
        guard let s3 = explanation.policies.s3 else { return "what the resource's account grants" }
        if !s3.listReach(question).isEmpty { return "what an access control list grants" }
        switch s3.reach(question).isEmpty ? .others : s3.begun {
        case .caller: return "what S3 lets those do who began the upload"
        case .callersAccount: return "what S3 lets the account do whose user began the upload"
        case .others: return "what the resource's account grants"
        }
    }

    // MARK: Statements

    private func lines(_ finding: StatementFinding) -> [String] {
        let effect = finding.isDeny ? "Deny" : "Allow"
        var lines = ["  \(effect), \(finding.isMatch ? "matches" : "does not match"): \(finding.place(trust: isTrust))"]
        if let reaches = finding.reachesPrincipal {
            lines.append("    principal  \(reaches ? "the caller is named" : "others are named")")
        }
        if !finding.coversResource { lines.append("    resource   \(resources(finding.written)) does not cover it") }
        for condition in finding.conditions {
            lines.append("    condition  \(condition.words): \(condition.holds ? "holds" : "does not hold")")
        }
        return lines
    }

    private func resources(_ statement: PolicyStatement) -> String {
        let all = statement.resource ?? statement.notResource ?? []
        let shown = all.prefix(3).map(PolicyWords.value).joined(separator: ", ")
        let more = all.count > 3 ? " and \(all.count - 3) more" : ""
        return (statement.notResource == nil ? "" : "NotResource ") + shown + more
    }

    // MARK: What is missing

    private var missing: [String] {
        let (pieces, isComplete) = explanation.missing
        guard !explanation.decision.isAllowed else { return [] }
        var lines = ["", pieces.count > 1 ? "Missing, all of it" : "Missing"]
        for (number, piece) in pieces.enumerated() {
            let told = hides(piece.layer) ? [hidden(piece)] : words(piece)
            lines.append("  \(number + 1). \(told[0])")
            lines += told.dropFirst().map { "     " + $0 }
        }
        if !isComplete { lines.append("  \(pieces.isEmpty ? "" : "and ")something that no policy can give") }
        return lines
    }

    private func hidden(_ piece: MissingPiece) -> String {
        let title = piece.layer.title(trust: isTrust) ?? ""
        return
            "the \(title) of the resource's account \(question.resourceAccount.map { "\($0) " } ?? "")must let the caller in"
    }

    private func words(_ piece: MissingPiece) -> [String] {
        switch piece {
        case .removal(let finding):
            let conditions = finding.conditions.filter(\.holds)
            let first = "the Deny must go, or not match: \(finding.place(trust: isTrust))"
            return conditions.isEmpty
                ? [first] : [first, "it matches while all of these hold:"] + conditions.map { "  " + $0.words }
        case .repair(let policy, let place, let layer):
            let text = PolicyWords.policy(layer, policy.name, level: place.level, trust: isTrust)
            return ["the \(text) cannot be read and denies everything: mend it or take it away"]
        case .condition(let finding):
            let failing = finding.conditions.filter { !$0.holds }
            let head = "only \(failing.count == 1 ? "a condition fails" : "\(failing.count) conditions fail")"
            return ["\(head) in \(finding.place(trust: isTrust))"] + failing.map { "  " + $0.words }
        case .resource(let finding):
            return [
                "only the resource differs in \(finding.place(trust: isTrust))",
                "  it covers \(resources(finding.written)), not \(PolicyWords.value(question.resource.description))",
            ]
        case .principal(let finding, let name):
            return [
                "only the principal differs in \(finding.place(trust: isTrust))",
                "  it does not name \(PolicyWords.value(name))",
            ]
        case .statement(let example, let layer, let level):
            return [lack(layer, level), "  " + example.text]
        case .publicAccessBlock:
            return [
                "RestrictPublicBuckets of S3 Block Public Access keeps other accounts from this bucket: its policy is public"
            ]
        case .objectOwnership:
            return [
                "the object belongs to another account, and the bucket's Object Ownership does not give it to the bucket's"
            ]
        case .grant(let grant):
            return ["the key needs a grant of \(grant.operations.sorted().joined(separator: ", ")) to \(grant.grantee)"]
        }
    }

    private func lack(_ layer: Layer, _ level: Int) -> String {
        let title = layer.title(trust: isTrust) ?? ""
        let place = layer == .scp || layer == .rcp ? "no \(title) of level \(level + 1)" : "no \(title)"
        return "\(place) allows it; this statement would:"
    }
}

extension ExampleStatement {
    /// As JSON.
    public var text: String { statement.text }
}
