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
    let secrets: Secrets

    struct Target: Sendable {
        let account: AccountID
        /// As the request names them, or the ARNs of those that were found.
        let ids: [String]
        let token: String?
        /// The request's fault that no page could be made of it; told once the caller may know.
        let fault: (any ServiceError)?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        do {
            let (ids, token) = try page(input, account, facts, snapshot)
            return Target(account: account, ids: ids, token: token, fault: nil)
        } catch let fault as any ServiceError {
            return Target(account: account, ids: [], token: nil, fault: fault)
        }
    }

    private func page(
        _ input: Input, _ account: AccountID, _ facts: RequestFacts, _ snapshot: borrowing Snapshot
    ) throws -> ([String], String?) {
        switch (input.secretIdList, input.filters) {
        case (let ids?, nil):
            guard input.maxResults == nil, input.nextToken == nil else {
                throw Refused.parameter("You can use MaxResults and NextToken only with Filters.")
            }
            return (ids, nil)
        case (nil, let filters?):
            let list = SecretList(
                account: account, region: facts.region, order: .createdDate, isDescending: false,
                filters: try filters.map(SecretFilter.init), includesMarked: false, now: facts.now)
            let page = try list.page(after: input.nextToken, limit: input.maxResults ?? 20, secrets, snapshot)
            return (page.secrets.map(\.arn), page.token)
        default:
            throw Refused.parameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.")
        }
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let batch = Ask(Action("secretsmanager", "BatchGetSecretValue"), on: "*", of: target.account)
        guard input.filters != nil else { return .ask(batch) }
        return .ask([batch, Ask(Action("secretsmanager", "ListSecrets"), on: "*", of: target.account)])
    }

    func answer(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Output {
        let (target, calls) = (permit.target, permit.calls)
        if let fault = target.fault { throw fault }
        var output = Output(secretValues: [], nextToken: target.token, errors: [])
        for id in target.ids {
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
