import Formats

/// What the conditions of a statement say of callers outside an account.
///
/// Of use are only keys that a caller cannot choose: who he is, whose he is, and where he calls from.
/// - Source: IAM User Guide, "IAM Access Analyzer filter keys" and "AWS global condition context keys".
struct OutsiderConditions {
    /// Whether they hold for nobody outside the account.
    private(set) var confine = false
    /// Whether they pin the callers' accounts: S3 has no such words in what it calls public.
    private(set) var nameAccounts = false
    /// Whose access points the access must lead through, by account; nil where it need not lead through any.
    private var points: Set<String>?
    /// As findings show them: joined where there are several values.
    private(set) var shown: [String: String] = [:]
    /// Whether every one of them holds for whoever is outside. For denials.
    private(set) var holdForOutsiders = true
    /// The same, of those only whose calls are signed: anonymous ones lack keys, and what asks for one does not hold.
    private(set) var holdForSigned = true
    /// Keys of identity providers that are pinned to values, lower-cased.
    private var providerKeys: [String] = []
    private let own: String

    init(_ statement: PolicyStatement, _ account: String) {
        own = account
        for condition in statement.condition { read(condition, account) }
    }

    /// The accounts that are told apart of those whose access points a statement names.
    private static let mostPoints = 10

    /// The ways in: where there are too many to be told, access counts as direct.
    var doors: [ExternalReach.Door] {
        guard let points, points.count <= OutsiderConditions.mostPoints else { return [.direct] }
        return points.sorted().map { $0 == own ? .ownPoints : .points(of: $0) }
    }

    private mutating func read(_ condition: PolicyCondition, _ account: String) {
        guard let operation = ConditionOperator(condition.operatorName), !condition.values.isEmpty else {
            (holdForOutsiders, holdForSigned) = (false, false)
            return
        }
        let key = ConditionKey(condition.key).description
        if !OutsiderConditions.holdsForSigned(operation, key, condition.values, account) { holdForSigned = false }
        if !holdForSigned || !operation.isNegated && !operation.ifExists { holdForOutsiders = false }
        guard !operation.isNegated, !operation.ifExists, operation.quantifier != .allValues else { return }
        if operation.test == .bool {
            // Services in their own names, who are not told of.
            if key == "aws:principalisawsservice", condition.values.allSatisfy(ASCII.isTrue) { confine = true }
            return
        }
        guard OutsiderConditions.isOfTexts(operation.test) || operation.test == .address else { return }
        if OutsiderConditions.isShown(key) {
            shown[condition.key] = condition.values.joined(separator: ",")
        }
        guard OutsiderConditions.isOfTexts(operation.test) else { return }
        if OutsiderConditions.isOfProvider(key), condition.values.allSatisfy({ ProviderClaim.pins(key, $0) }) {
            providerKeys.append(key)
        }
        guard OutsiderConditions.accountKeys.contains(key) || OutsiderConditions.arnKeys.contains(key) else { return }
        let accounts = condition.values.map { OutsiderConditions.account(of: $0, key, operation.test) }
        let fixed = accounts.compactMap { $0 }
        guard fixed.count == accounts.count else { return }
        if OutsiderConditions.pointKeys.contains(key) {
            points = points?.intersection(fixed) ?? Set(fixed)
            if points?.isEmpty ?? false { confine = true }
            return
        }
        if OutsiderConditions.callerKeys.contains(key) { nameAccounts = true }
        if fixed.allSatisfy({ $0 == account }) { confine = true }
    }

    /// Whether a principal that a public statement names can really be anybody: everyone, or whoever has a token of a
    /// provider that many use, as long as nothing is asked of the token.
    func leaveOpen(_ principal: ExternalReach.Principal) -> Bool {
        switch principal {
        case .everyone: return true
        case .federated(let provider):
            let host = ASCII.lowercased(
                provider.firstRange(of: "oidc-provider/").map { String(provider[$0.upperBound...]) } ?? provider)
            return provider.firstRange(of: ":saml-provider/") == nil
                && !providerKeys.contains { $0.hasPrefix(host + ":") }
        case .account, .identity, .canonicalUser: return false
        }
    }

    /// Words about whose the caller is that one outside cannot but meet, if his call is signed.
    private static func holdsForSigned(
        _ operation: ConditionOperator, _ key: String, _ values: [String], _ account: String
    ) -> Bool {
        guard operation.quantifier == .none else { return false }
        if operation.test == .bool, key == "aws:principalisawsservice" {
            return values.contains { ASCII.lowercased($0) == "false" }
        }
        return operation.isNegated && isOfTexts(operation.test) && callerKeys.contains(key)
            && values.allSatisfy { self.account(of: $0, key, operation.test) == account }
    }

    static func isShown(_ key: String) -> Bool { shownKeys.contains(key) || isOfProvider(key) }

    private static func isOfTexts(_ test: ConditionOperator.Test) -> Bool {
        switch test {
        case .stringEquals, .stringEqualsIgnoreCase, .stringLike, .arn: true
        default: false
        }
    }

    /// Whose caller or resource is meant, by number.
    private static let accountKeys: Set<String> = [
        "aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "kms:calleraccount",
        "s3:dataaccesspointaccount",
    ]
    /// The same, by an ARN that has the number in it.
    private static let arnKeys: Set<String> = ["aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"]
    private static let callerKeys: Set<String> = ["aws:principalaccount", "aws:principalarn", "kms:calleraccount"]
    private static let pointKeys: Set<String> = ["s3:dataaccesspointaccount", "s3:dataaccesspointarn"]
    private static let shownKeys: Set<String> = accountKeys.union(arnKeys).union([
        "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "aws:principalorgid",
        "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths", "kms:viaservice",
    ])

    /// What the token of a provider says; such keys begin with its host, and perhaps a path.
    private static func isOfProvider(_ key: String) -> Bool {
        guard let host = key.split(separator: ":", maxSplits: 1).first, key.utf8.contains(UInt8(ascii: ":")) else {
            return false
        }
        return host == "saml" || host.utf8.contains(UInt8(ascii: "."))
    }

    /// Nil where no one account is meant. A wildcard of a text may stand for colons, too, and so for an account before.
    private static func account(of value: String, _ key: String, _ test: ConditionOperator.Test) -> String? {
        guard arnKeys.contains(key) else { return PrincipalPattern.isAccount(value[...].utf8) ? value : nil }
        guard let account = account(ofARN: value), let place = value.firstRange(of: ":" + account + ":") else {
            return nil
        }
        let head = value[..<place.lowerBound].utf8
        let isOpen = head.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        guard !head.contains(UInt8(ascii: "$")), !(isOpen && test == .stringLike) else { return nil }
        return account
    }

    /// The account in an ARN, whose other parts may have wildcards.
    static func account(ofARN arn: String) -> String? {
        let parts = arn.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].elementsEqual("arn".utf8), PrincipalPattern.isAccount(parts[4]) else {
            return nil
        }
        return String(parts[4])
    }

    /// Account and name of a role, by its ARN.
    static func role(_ arn: String) -> [Substring]? {
        name(arn, "iam", "role").map { [$0.account, $0.words[$0.words.count - 1]] }
    }

    /// Account and name of the role of a session, by the session's ARN.
    static func session(_ arn: String) -> [Substring]? {
        name(arn, "sts", "assumed-role").map { [$0.account, $0.words[0]] }
    }

    private static func name(_ arn: String, _ service: String, _ kind: String) -> (
        account: Substring, words: [Substring]
    )? {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == service else { return nil }
        let words = parts[5].split(separator: "/")
        guard words.count > 1, words[0] == kind else { return nil }
        return (parts[4], Array(words.dropFirst()))
    }
}
