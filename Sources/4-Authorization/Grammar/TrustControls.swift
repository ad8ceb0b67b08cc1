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
        do throws(TrustRefusal) { try examine(statements) } catch { throw error.error }
    }

    /// Why no role can be given that trust policy, and what to change in it; nil where one can, or it cannot be read.
    public static func refusal(of text: [UInt8]) -> TrustRefusal? {
        guard let statements = try? PolicyReader.read(text).statements else { return nil }
        do throws(TrustRefusal) {
            try examine(statements)
            return nil
        } catch { return error }
    }

    private static func examine(_ statements: [PolicyStatement]) throws(TrustRefusal) {
        for statement in statements { try checkForm(statement) }
        for statement in statements where statement.effect == "Allow" {
            let actions = ActionPatterns(statement.action ?? statement.notAction ?? [])
            guard actions.contains(action) != (statement.notAction != nil) else { continue }
            for mention in statement.principal?.mentions ?? [] where mention.kind == .federated {
                try check(statement, for: mention)
            }
        }
    }

    private static func checkForm(_ statement: PolicyStatement) throws(TrustRefusal) {
        for element in [statement.principal, statement.notPrincipal] {
            guard let element, element.isBareStar else { continue }
            throw TrustRefusal(
                #"AssumeRolepolicy contained an invalid principal: "STAR":"*"."#, at: element.range.lowerBound,
                mend: #"Name who is meant, or write {"AWS": "*"} with a condition where everyone is."#)
        }
        let actions = (statement.action ?? []) + (statement.notAction ?? [])
        guard actions.contains(where: { ASCII.lowercased($0) == "sts:*" }) else { return }
        throw TrustRefusal(
            "AssumeRole policy may only specify STS AssumeRole actions.", at: statement.range.lowerBound,
            mend: "In place of sts:* name the actions, such as sts:AssumeRole and sts:TagSession.")
    }

    private static func check(
        _ statement: PolicyStatement, for mention: PrincipalElement.Mention
    ) throws(TrustRefusal) {
        let principal = mention.value
        guard let control = SharedIssuers.control(of: principal), !isHeld(control, principal, statement.condition)
        else {
            return
        }
        throw TrustRefusal(
            message(control, principal, hasCondition: !statement.condition.isEmpty), at: mention.range.lowerBound,
            mend: "Add a condition on a claim that only your own callers of the provider have.")
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

/// Why a trust policy is refused when it is to be stored.
public struct TrustRefusal: Error, Hashable, Sendable {
    /// In AWS's words.
    public let error: PolicyError
    /// What to change, a sentence of ours.
    public let mend: String

    fileprivate init(_ message: String, at offset: Int, mend: String) {
        (error, self.mend) = (PolicyError(message: message, offset: offset), mend)
    }
}
