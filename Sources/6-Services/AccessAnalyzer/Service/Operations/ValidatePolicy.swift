import AWS
import AccessAnalyzerAPI
import Door
import PolicyChecks
import Smithy
import Storage

/// What is wrong with the text of a policy. Reads nothing but the call.
/// - Source: Access Analyzer API Reference, "ValidatePolicy".
struct ValidatePolicy: Query {
    typealias Shape = AccessAnalyzer.ValidatePolicy

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("access-analyzer", "ValidatePolicy"), on: "*", of: target)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        if let locale = input.locale, locale != .en {
            throw Invalid.notSupported("Findings are written in English (EN) only, not in \(locale.rawValue).")
        }
        let findings = PolicyChecks.findings(in: input.policyDocument, for: try use(input))
        let page = try FindingPage(input, of: findings.count)
        return Output(findings: findings[page.range].map(shape), nextToken: page.nextToken)
    }

    private func use(_ input: Input) throws -> PolicyUse {
        guard input.policyType == .resourcePolicy else {
            guard input.validatePolicyResourceType == nil else {
                throw Invalid.field(
                    "validatePolicyResourceType can be given for policies of the type RESOURCE_POLICY only.")
            }
            switch input.policyType {
            case .identityPolicy: return PolicyUse(.identity)
            case .serviceControlPolicy: return PolicyUse(.serviceControl)
            case .resourceControlPolicy: return PolicyUse(.resourceControl)
            default: throw Invalid.field("There is no policy type \(input.policyType.rawValue).")
            }
        }
        return PolicyUse(.resource, resourceType: input.validatePolicyResourceType?.rawValue)
    }

    private func shape(_ finding: Finding) -> AccessAnalyzer.ValidatePolicyFinding {
        .init(
            findingDetails: finding.message + " " + finding.mend,
            findingType: .init(rawValue: finding.severity.rawValue), issueCode: finding.code,
            learnMoreLink: finding.link, locations: finding.locations.map(shape))
    }

    private func shape(_ location: Location) -> AccessAnalyzer.Location {
        .init(
            path: location.path.map(shape), span: .init(start: shape(location.start), end: shape(location.end)))
    }

    private func shape(_ element: PathElement) -> AccessAnalyzer.PathElement {
        switch element {
        case .index(let index): .init(index: index)
        case .key(let key): .init(key: key)
        case .value(let value): .init(value: value)
        case .substring(let start, let length): .init(substring: .init(start: start, length: length))
        }
    }

    private func shape(_ position: Position) -> AccessAnalyzer.Position {
        .init(line: position.line, column: position.column, offset: position.offset)
    }
}
