import Door
import Authorization
import Formats
import IAMAPI
import Simulation

/// One page of a simulation: results action by action, in the order of the request.
struct SimulationPage {
    let results: [IAM.EvaluationResult]
    let marker: String?

    /// Pairs of action and resource evaluated for one answer; a page ends early rather than exceed it. One action is always
    /// answered whole.
    private static let pairLimit = 10_000

    init(_ simulation: PolicySimulation, _ actions: [String], _ marker: String?, _ maxItems: Int?) throws {
        let page: Page
        do { page = try Page(marker: marker, maxItems: maxItems) } catch { throw SimulationPage.badMarker }
        guard let start = page.after.isEmpty ? 0 : Int(page.after), start >= 0 else { throw SimulationPage.badMarker }
        let perAction = max(simulation.resources.count, 1)
        let limit = min(page.limit, max(SimulationPage.pairLimit / perAction, 1))
        let rest = actions.indices.dropFirst(start)
        results = rest.prefix(limit).map { IAM.EvaluationResult(simulation.evaluate(actions[$0])) }
        let next = start + results.count
        self.marker = rest.count > limit ? Page.token(String(next)) : nil
    }

    private static let badMarker = invalid("Invalid marker for pagination.")
}

extension IAM.EvaluationResult {
    init(_ evaluated: EvaluatedAction) {
        self.init(
            evalActionName: evaluated.action, evalResourceName: evaluated.resourceName,
            evalDecision: .init(evaluated.outcome), matchedStatements: evaluated.matched.map(IAM.Statement.init),
            missingContextValues: evaluated.missingKeys,
            organizationsDecisionDetail: evaluated.isAllowedByOrganizations.map {
                IAM.OrganizationsDecisionDetail(allowedByOrganizations: $0)
            },
            permissionsBoundaryDecisionDetail: evaluated.isAllowedByBoundary.map {
                IAM.PermissionsBoundaryDecisionDetail(allowedByPermissionsBoundary: $0)
            },
            evalDecisionDetails: evaluated.details.map(IAM.EvaluationResult.details),
            resourceSpecificResults: evaluated.isPerResource
                ? evaluated.pairs.map(IAM.ResourceSpecificResult.init) : nil)
    }

    fileprivate static func details(_ details: [EvaluatedStatement.Source: Decision.Outcome]) -> [String: IAM
        .PolicyEvaluationDecisionType]
    {
        Dictionary(uniqueKeysWithValues: details.map { ($0.key.rawValue, .init($0.value)) })
    }
}

extension IAM.ResourceSpecificResult {
    /// Empty lists are left out here, other than in the result they belong to.
    init(_ pair: EvaluatedPair) {
        self.init(
            evalResourceName: pair.resource, evalResourceDecision: .init(pair.outcome),
            matchedStatements: pair.matched.isEmpty ? nil : pair.matched.map(IAM.Statement.init),
            missingContextValues: pair.missingKeys.isEmpty ? nil : pair.missingKeys,
            evalDecisionDetails: pair.details.map(IAM.EvaluationResult.details),
            permissionsBoundaryDecisionDetail: pair.isAllowedByBoundary.map {
                IAM.PermissionsBoundaryDecisionDetail(allowedByPermissionsBoundary: $0)
            })
    }
}

extension IAM.PolicyEvaluationDecisionType {
    init(_ outcome: Decision.Outcome) { self.init(rawValue: outcome.rawValue) }
}

extension IAM.Statement {
    init(_ statement: EvaluatedStatement) {
        self.init(
            sourcePolicyId: statement.policy, sourcePolicyType: .init(rawValue: statement.source.rawValue),
            startPosition: IAM.Position(line: statement.start.line, column: statement.start.column),
            endPosition: IAM.Position(line: statement.end.line, column: statement.end.column))
    }
}
