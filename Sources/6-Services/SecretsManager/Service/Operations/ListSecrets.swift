import AWS
import Door
import SecretsManagerAPI
import Storage

/// A page of the secrets of the caller's account in this Region.
/// - Source: Secrets Manager API Reference, "ListSecrets".
struct ListSecrets: Query, OnAllSecrets {
    typealias Shape = SecretsManager.ListSecrets
    let secrets: Secrets

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let list = SecretList(
            account: permit.target, region: permit.facts.region, order: input.sortBy ?? .createdDate,
            isDescending: input.sortOrder == .desc, filters: try (input.filters ?? []).map(SecretFilter.init),
            includesMarked: input.includePlannedDeletion ?? false, now: permit.facts.now)
        let page = try list.page(after: input.nextToken, limit: input.maxResults ?? 100, secrets, snapshot)
        return Output(
            secretList: try page.secrets.map { try $0.entry(snapshot) }, nextToken: page.token)
    }
}

extension Secret {
    /// The secret as lists have it.
    fileprivate func entry(_ snapshot: borrowing Snapshot) throws -> SecretsManager.SecretListEntry {
        let stages = try versionsToStages(snapshot)
        var entry = SecretsManager.SecretListEntry()
        (entry.aRN, entry.name, entry.description, entry.kmsKeyId) = (arn, name, description, keyID)
        (entry.createdDate, entry.lastChangedDate, entry.lastAccessedDate) = (created, changed, accessed)
        (entry.deletedDate, entry.tags) = (deletion, shownTags)
        entry.secretVersionsToStages = stages.isEmpty ? nil : stages
        return entry
    }
}
