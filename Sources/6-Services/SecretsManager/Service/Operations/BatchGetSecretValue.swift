import AWS
import Door
import SecretsManagerAPI
import Smithy
import Storage

/// The current values of several secrets, named or found by filters. Each is asked for and recorded as if by itself; what
/// cannot be had is told among the errors.
/// - Source: Secrets Manager API Reference, "BatchGetSecretValue".
struct BatchGetSecretValue: WorkedQuery {
    typealias Shape = SecretsManager.BatchGetSecretValue
    static var answersNow: Bool { false }
    let secrets: Secrets
    let store: Store

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    /// As the request names them, or the ARNs of those that were found, with where the next page begins.
    private func page(
        _ input: Input, _ account: AccountID, _ facts: RequestFacts
    ) throws -> (ids: [String], token: String?) {
        switch (input.secretIdList, input.filters) {
        case (let ids?, nil):
            guard input.maxResults == nil, input.nextToken == nil else {
                let member = input.maxResults == nil ? "NextToken" : "MaxResults"
                throw Refused.parameter(
                    "'Filters' not specified. 'Filters' must also be specified when '\(member)' is provided.")
            }
            return (ids, nil)
        case (nil, let filters?):
            let list = SecretList(
                account: account, region: facts.region, order: .createdDate, isDescending: false,
                filters: try filters.map(SecretFilter.init), includesMarked: false, now: facts.now)
            return try store.read { snapshot in
                let page = try list.page(after: input.nextToken, limit: input.maxResults ?? 20, secrets, snapshot)
                return (page.secrets.map(\.arn), page.token)
            }
        default:
            throw Refused.parameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.")
        }
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        let batch = Ask(Action("secretsmanager", "BatchGetSecretValue"), on: "*", of: target)
        guard input.filters != nil else { return .ask(batch) }
        return .ask([batch, Ask(Action("secretsmanager", "ListSecrets"), on: "*", of: target)])
    }

    func answer(_ input: Input, under permit: borrowing Permit<AccountID>) async throws -> Output {
        let calls = permit.calls
        let (ids, token) = try page(input, permit.target, permit.facts)
        var output = Output(secretValues: [], nextToken: token, errors: [])
        for id in ids {
            do {
                let value = try await calls.perform(SecretsManager.GetSecretValue.self, .init(secretId: id))
                output.secretValues?.append(
                    SecretsManager.SecretValueEntry(
                        aRN: value.aRN, name: value.name, versionId: value.versionId,
                        secretBinary: value.secretBinary, secretString: value.secretString,
                        versionStages: value.versionStages, createdDate: value.createdDate))
            } catch let error as any ServiceError {
                let code = error is AccessDenied ? "AccessDeniedException" : error.shapeName
                output.errors?.append(
                    SecretsManager.APIErrorType(secretId: id, errorCode: code, message: error.message))
            }
        }
        return output
    }
}
