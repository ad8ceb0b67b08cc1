/// Refuses trust policies that open a role to whoever is a customer of an identity provider that many share, and those with a
/// bare star for a principal or `sts:*` for an action.
///
/// For documents to be stored only: what is stored stays as it is, and is evaluated as ever.
/// - Source: as `SharedIssuers`; the bare star in AWS's words as aws/aws-cdk quotes them, issue 5732; `sts:*` as captured from AWS
///   in radkawar/stackd, `iam/policy/testdata/oidc_trust_controls_aws.json`, commit 9dc356f.
public enum TrustControls {
    private static let action = ActionName("sts:AssumeRoleWithWebIdentity")

    /// Throws in AWS's words.
    /// - Parameter text: a role's trust policy that can be read.
    public static func check(_ text: [UInt8]) throws(PolicyError) {
        let statements = try PolicyReader.read(text).statements
        for statement in statements { try checkForm(statement) }
        for statement in statements where statement.effect == "Allow" {
            let actions = ActionPatterns(statement.action ?? statement.notAction ?? [])
            guard actions.contains(action) != (statement.notAction != nil) else { continue }
            for mention in statement.principal?.mentions ?? [] where mention.kind == .federated {
                try check(statement, for: mention)
            }
        }
    }

    private static func checkForm(_ statement: PolicyStatement) throws(PolicyError) {
        for element in [statement.principal, statement.notPrincipal] {
            guard let element, element.isBareStar else { continue }
            throw PolicyError(
                message: #"AssumeRolepolicy contained an invalid principal: "STAR":"*"."#,
                offset: element.range.lowerBound)
        }
        let actions = (statement.action ?? []) + (statement.notAction ?? [])
        guard actions.contains(where: { ASCII.lowercased($0) == "sts:*" }) else { return }
        throw PolicyError(
            message: "AssumeRole policy may only specify STS AssumeRole actions.", offset: statement.range.lowerBound)
    }

    private static func check(
        _ statement: PolicyStatement, for mention: PrincipalElement.Mention
    ) throws(PolicyError) {
        let principal = mention.value
        guard let control = SharedIssuers.control(of: principal), !isHeld(control, principal, statement.condition)
        else {
            return
        }
        throw PolicyError(
            message: message(control, principal, hasCondition: !statement.condition.isEmpty),
            offset: mention.range.lowerBound)
    }

    private static func isHeld(
        _ control: SharedIssuers.Control, _ principal: String, _ conditions: [PolicyCondition]
    ) -> Bool {
        // What stands under one operator holds together; another operator beside it holds alone.
        let blocks = Dictionary(grouping: conditions, by: \.operatorName).filter { takes(control, $0.key) }.values
        switch control {
        case .claim(let key):
            return isHeld(on: [key], in: blocks) { $0 != "*" }
        case .gitHubActions:
            return isHeld(on: gitHubKeys(principal), in: blocks) { value in
                value.first != "*" && !value.allSatisfy(\.isWhitespace)
            }
        case .application(let keys):
            return blocks.joined().contains { keys.contains($0.key) }
        }
    }

    /// Whether an operator compares with one of the keys, and with good values alone.
    private static func isHeld(
        on keys: [String], in blocks: some Sequence<[PolicyCondition]>, _ isGood: (String) -> Bool
    ) -> Bool {
        let keys = Set(keys.map { ASCII.lowercased($0) })
        return blocks.contains { block in
            let found = block.filter { keys.contains(ASCII.lowercased($0.key)) }
            return !found.isEmpty && found.allSatisfy { $0.values.allSatisfy(isGood) }
        }
    }

    /// Operators that a value must pass, by whatever quantifier.
    private static func takes(_ control: SharedIssuers.Control, _ name: String) -> Bool {
        guard let known = ConditionOperator(name), !known.isNegated, !known.ifExists else { return false }
        switch known.test {
        case .stringEquals, .stringEqualsIgnoreCase: return true
        case .stringLike:
            if case .application = control { return false }
            return true
        default: return false
        }
    }

    private static func gitHubKeys(_ principal: String) -> [String] {
        let issuer = SharedIssuers.issuer(of: principal)
        return ["\(issuer):sub", "\(issuer):job_workflow_ref"]
    }

    private static func message(_ control: SharedIssuers.Control, _ principal: String, hasCondition: Bool) -> String {
        let (who, what): (String, String)
        switch control {
        case .application: return "Policy trusting \(principal) requires a StringEquals condition on an application id"
        case .claim where principal == SharedIssuers.cognito && !hasCondition:
            return "A condition block must be present for the Cognito provider"
        case .claim(let key): (who, what) = (SharedIssuers.issuer(of: principal), key)
        case .gitHubActions: (who, what) = (principal, gitHubKeys(principal).joined(separator: " or "))
        }
        return "Trust policy with trusted principal \(who) must evaluate, using StringEquals, StringLike or "
            + "StringEqualsIgnoreCase, \(what) which is not scoped to all."
    }
}
