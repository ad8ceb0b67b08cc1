/// The denials of a policy that surely hold for callers outside an account, made ready once for all that it allows.
///
/// What they are compared with is limited: a policy with more takes time from everybody, and what could not be compared does
/// not count as denied.
struct OutsiderDenials {
    /// Whom one or more denials mean.
    struct Whom {
        fileprivate var everyone = false
        /// Everybody whose calls are signed.
        fileprivate var signed = false
        fileprivate var principals: Set<ExternalReach.Principal> = []

        func holds(for principal: ExternalReach.Principal) -> Bool {
            if everyone || signed && principal.isSigned || principals.contains(principal) { return true }
            return principal.account.map { principals.contains(.account($0)) } ?? false
        }

        fileprivate mutating func add(_ other: Whom) {
            (everyone, signed) = (everyone || other.everyone, signed || other.signed)
            principals.formUnion(other.principals)
        }
    }

    /// Patterns, ready to be matched. One with a `?` or a variable is not looked into.
    private struct Patterns {
        let globs: [(glob: Glob, length: Int)]

        init(_ texts: [String], ignoringCase: Bool) {
            globs = texts.compactMap { text in
                guard !text.utf8.contains(UInt8(ascii: "?")), text.firstRange(of: "${") == nil else { return nil }
                return (Glob((ignoringCase ? ASCII.lowercased(text) : text).utf8), text.utf8.count)
            }
        }

        /// Whether one takes in all that the other text, which may have wildcards, matches.
        func cover(_ other: String, _ steps: inout Int) -> Bool {
            for (glob, length) in globs {
                let cost = (length + 1) * (other.utf8.count + 1)
                guard cost <= steps else { continue }
                steps -= cost
                if glob.matches(other) { return true }
            }
            return false
        }
    }

    private struct Denial {
        let actions: Patterns
        /// Nil in trust policies.
        let resources: Patterns?
        let isOfAllResources: Bool
        let whom: Whom

        init?(_ statement: PolicyStatement, _ account: String) {
            let conditions = OutsiderConditions(statement, account)
            guard statement.effect == "Deny", conditions.holdForSigned, let denied = statement.action,
                statement.notResource == nil
            else { return nil }
            var named: Set<ExternalReach.Principal> = []
            if let element = statement.notPrincipal {
                // All but some of the account's own.
                guard !element.isBareStar,
                    element.mentions.allSatisfy({ ExternalReach.Principal($0, outside: account) == nil })
                else { return nil }
                named = [.everyone]
            } else {
                guard let element = statement.principal else { return nil }
                named = Set(element.mentions.compactMap { ExternalReach.Principal($0, outside: account) })
                if element.isBareStar { named = [.everyone] }
            }
            var whom = Whom()
            let isOfEveryone = named.contains(.everyone)
            whom.everyone = isOfEveryone && conditions.holdForOutsiders
            whom.signed = isOfEveryone
            whom.principals = conditions.holdForOutsiders ? named : named.filter(\.isSigned)
            self.whom = whom
            actions = Patterns(denied, ignoringCase: true)
            resources = statement.resource.map { Patterns($0, ignoringCase: false) }
            isOfAllResources = statement.resource?.contains("*") ?? true
        }

        func coversResources(_ allowed: PolicyStatement, _ steps: inout Int) -> Bool {
            guard let resources, !isOfAllResources else { return true }
            guard let wanted = allowed.resource, allowed.notResource == nil else { return false }
            for resource in wanted where !resources.cover(resource, &steps) { return false }
            return true
        }
    }

    private let denials: [Denial]
    private var steps = 20_000_000

    init(_ statements: [PolicyStatement], _ account: String) {
        denials = statements.compactMap { Denial($0, account) }
    }

    /// Whom all of each action, as an allowing statement gives it, is denied; nothing for actions that nobody is denied.
    mutating func covering(_ actions: [String], as allowed: PolicyStatement) -> [String: Whom] {
        let inReach = denials.filter { $0.coversResources(allowed, &steps) }
        guard !inReach.isEmpty else { return [:] }
        var unions: [[Int]: Whom] = [:]
        var found: [String: Whom] = [:]
        for action in actions {
            let name = ASCII.lowercased(action)
            let numbers = inReach.indices.filter { inReach[$0].actions.cover(name, &steps) }
            guard !numbers.isEmpty else { continue }
            if unions[numbers] == nil {
                var whom = Whom()
                for number in numbers {
                    let more = inReach[number].whom
                    guard more.principals.count <= steps else { continue }
                    steps -= more.principals.count
                    whom.add(more)
                }
                unions[numbers] = whom
            }
            found[action] = unions[numbers]
        }
        return found
    }
}
