import AWS
import Door
import Federation
import IAMAPI
import Storage
import World

/// A provider that is to be made.
struct NewProvider: Sendable {
    let account: AccountID
    let arn: String
    let isTaken: Bool
}

/// Makes an OpenID Connect provider. Where no thumbprint is given, the provider is asked for its certificates.
///
/// A port is taken as it is, because issuers of one's own often have one; AWS says that there should be none. Port 443 goes
/// without saying. The scheme `http` is taken for issuers on this machine, where the operator lets issuers be there.
/// - Source: IAM API Reference, "CreateOpenIDConnectProvider"; the port, queries and the order of lists as captured from
///   AWS in radkawar/stackd, `internal/services/iam/testdata/federation/oidc.json`, commit 9dc356f.
struct CreateOpenIDConnectProvider: PreparedChange {
    typealias Shape = IAM.CreateOpenIDConnectProvider
    let naming: Naming
    let fetch: ProviderFetch
    let log: Log

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> NewProvider {
        let account = try facts.signedAccount()
        let issuer = try CreateOpenIDConnectProvider.issuer(input.url)
        return NewProvider(
            account: account, arn: OpenIDConnectProvider.arn(account, issuer.name),
            isTaken: try OpenIDConnectProvider.find(issuer.name, in: account, snapshot) != nil)
    }

    static func issuer(_ url: String) throws -> IssuerURL {
        let reason = "Invalid Open ID Connect Provider URL"
        guard !url.contains(where: { $0 == "?" || $0 == "#" }) else { throw IAM.InvalidInputException(message: reason) }
        guard let issuer = IssuerURL(url) else { throw Invalid(reason) }
        return issuer.withoutUsualPort
    }

    func access(_ input: Input, to target: NewProvider, for facts: RequestFacts) throws -> Access {
        let action = Action("iam", "TagOpenIDConnectProvider")
        return try ask(on: target.arn, facts, keys: Tags.requestKeys(input.tags))
            .tagging(input.tags, by: action, target.arn, facts)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<NewProvider>) async throws -> [String] {
        try check(permit.target, input)
        guard try fetch.takes(CreateOpenIDConnectProvider.issuer(input.url)) else {
            throw Invalid(
                "Invalid Open ID Connect Provider URL: the server's setting issuer-networks does not name loopback.")
        }
        if let list = input.thumbprintList, !list.isEmpty { return try Thumbprints.checked(list) }
        return try await Thumbprints.fetched(from: CreateOpenIDConnectProvider.issuer(input.url), fetch, log)
    }

    func perform(
        _ input: Input, _ thumbprints: [String], under permit: borrowing Permit<NewProvider>,
        in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        try check(target, input)
        let count = try transaction.number(
            "SELECT count(*) FROM iam_oidc_provider WHERE account = ?", .text(target.account.description))
        guard count < ProviderLimits.openIDConnect else {
            throw Quota.exceeded("OpenIdConnectProvidersPerAccount", ProviderLimits.openIDConnect)
        }
        let issuer = try CreateOpenIDConnectProvider.issuer(input.url)
        let provider = OpenIDConnectProvider(
            account: target.account, name: issuer.name, url: issuer.description, id: naming.providerID(),
            created: permit.facts.now, thumbprints: thumbprints)
        try provider.insert(clients: input.clientIDList ?? [], in: &transaction)
        if let tags = input.tags { try Tags.put(tags, on: .resource(provider.id), &transaction) }
        return Output(openIDConnectProviderArn: provider.arn, tags: input.tags)
    }

    private func check(_ target: NewProvider, _ input: Input) throws {
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: "Provider with url \(input.url) already exists.")
        }
    }

    func abandon(_ prepared: [String]) async {}
}

extension Naming {
    /// A provider's unique id, letters and digits.
    func providerID() -> String { identifiers.base32(26) }
}

extension Access {
    /// With the question whether the new provider may be tagged, where tags come along.
    func tagging(_ tags: [IAM.Tag]?, by action: Action, _ arn: String, _ facts: RequestFacts) throws -> Access {
        guard let tags, !tags.isEmpty, case .ask(let asks) = self else { return self }
        return .ask(asks + [Ask(action, on: arn, of: try facts.signedAccount(), keys: Tags.requestKeys(tags))])
    }
}
