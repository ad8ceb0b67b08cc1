/// Statements of identity policies that hand out more roles than meant: `iam:PassRole` gives a role to a service,
/// `iam:CreateServiceLinkedRole` makes one.
/// - Source: IAM User Guide, "Granting a user permissions to pass a role to an AWS service", "Using service-linked roles".
enum RoleGrantChecks {
    /// The six ways to grant too much, by what is open.
    private struct Ways {
        let action: String
        /// Conditions that close it again where the resource is open.
        let keys: [String]
        let what: String
        let exactNotResource, starNotResource, notActionNotResource: Check
        let exactStar, starStar, notActionStar: Check
    }

    private static let ways = [
        Ways(
            action: "iam:PassRole", keys: ["iam:PassedToService", "iam:AssociatedResourceArn"],
            what: "any role can be handed to a service, one with more rights than its giver included",
            exactNotResource: .passRoleWithNotresource, starNotResource: .passRoleWithStarInActionAndNotresource,
            notActionNotResource: .passRoleWithNotactionAndNotresource, exactStar: .passRoleWithStarInResource,
            starStar: .passRoleWithStarInActionAndResource, notActionStar: .passRoleWithStarInResourceAndNotaction),
        Ways(
            action: "iam:CreateServiceLinkedRole", keys: ["iam:AWSServiceName"],
            what: "service-linked roles of any service can be made",
            exactNotResource: .createSlrWithNotresource, starNotResource: .createSlrWithStarInActionAndNotresource,
            notActionNotResource: .createSlrWithNotactionAndNotresource, exactStar: .createSlrWithStarInResource,
            starStar: .createSlrWithStarInActionAndResource, notActionStar: .createSlrWithStarInResourceAndNotaction),
    ]

    static func check(_ examination: Examination, _ report: inout Report) {
        guard examination.use.isIdentity else { return }
        for statement in examination.statements where statement.isAllow {
            guard let actions = statement.action, let resources = statement.resource else { continue }
            for way in ways { check(way, actions, resources, statement, &report) }
        }
    }

    private static func check(
        _ way: Ways, _ actions: TextList, _ resources: TextList, _ statement: StatementOutline, _ report: inout Report
    ) {
        let found: PlacedText?
        if actions.isNegated {
            guard !actions.entries.contains(where: { ActionName($0.text).matches(way.action) }) else { return }
            found = nil
        } else {
            // The plain name is told of before any wildcard.
            let matching = actions.entries.filter { ActionName($0.text).matches(way.action) }
            guard let first = matching.first(where: { !WildText.isWild($0.text) }) ?? matching.first else { return }
            found = first
        }
        let actionPlace = found?.place ?? actions.name.place
        let isWild = found.map { WildText.isWild($0.text) } ?? false
        let words = found.map { "Through \"\($0.text)\"" } ?? "Because NotAction does not list \(way.action)"
        if resources.isNegated {
            let check =
                actions.isNegated ? way.notActionNotResource : isWild ? way.starNotResource : way.exactNotResource
            report.add(
                check, "\(words) and NotResource, \(way.what).", mend: "Name the roles meant in Resource.",
                at: actionPlace, resources.name.place)
            return
        }
        guard let open = resources.entries.first(where: { isOpen($0.text) }), !statement.hasCondition(on: way.keys)
        else {
            return
        }
        let check = actions.isNegated ? way.notActionStar : isWild ? way.starStar : way.exactStar
        report.add(
            check, "\(words) on \"\(open.text)\", \(way.what).",
            mend: "Name the roles meant, or add a condition on \(way.keys[0]).", at: actionPlace, open.place)
    }

    /// Whether the resource leaves open which role it is: no letter of a role's name is given.
    private static func isOpen(_ resource: String) -> Bool {
        guard resource != "*" else { return true }
        let fields = resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 6 else { return fields.count > 2 && fields[2] == "iam" && resource.hasSuffix("*") }
        guard WildText.covers(fields[2], "iam") else { return false }
        return ["*", "role*", "role/*", "role/**", "role/aws-service-role/*"].contains(fields[5])
    }
}
