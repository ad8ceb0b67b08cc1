import AccessAnalyzerService
import Authentication
import CloudTrailService
public import Door
import Federation
import IAMService
public import Journal
public import KeyVault
import STSService
public import Smithy
public import Storage
import Wire
public import World

/// The way of a request through a house, put together on its store as the real server does.
public struct Interior: Sendable {
    public let gate: Gate
    /// Those of IAM, STS, CloudTrail and Access Analyzer, and what was given beside them.
    public let operations: [AnyOperation]
    public let front: Front
    public let messages: AuthorizationMessages

    public init(
        of services: [ServiceModel], beside more: [AnyOperation] = [], on store: Store, _ journal: Journal,
        _ vault: any KeyVault, _ world: World
    ) {
        messages = AuthorizationMessages(vault)
        let (epoch, secrets, tokens) = (Epoch(store), KeySecrets(vault), SessionTokens(vault))
        let seeds = FactorSeeds(vault)
        let keys = AccessKeyCredentials(store: store, secrets: secrets, epoch: epoch)
        let living = LivingIssuers(tokens, store: store, epoch: epoch)
        gate = Gate(store: store, journal: journal, world: world, policies: IdentityPolicies(epoch: epoch))
        let (samlKeys, fetch) = (SAMLKeys(vault), ProviderFetch(.loopback))
        let issuers = OutboundIssuers(store, vault)
        operations =
            IAMService.operations(world, secrets, seeds, Passwords(vault, cost: .slight))
            + STSService.operations(world, tokens, messages, Roles(), UserFactors(store, seeds))
            + IAMService.federation(world, samlKeys, fetch, issuers)
            + STSService.federation(
                world, tokens, Roles(), FederationProofs(world, IdentityProviders(store, samlKeys), fetch), issuers)
            + CloudTrailService.operations()
            + IAMService.lastAccessed(AccessJobs(store, journal, identifiers: world.identifiers))
            + AccessAnalyzerService.operations(
                PolicyJobs(store, journal, names: IAMPrincipals(), identifiers: world.identifiers),
                ResourceAnalysis([SharedRoles()], world.identifiers), store) + more
        front = Front(
            gate: gate, authenticator: Authenticator(credentials: CredentialsByKind(longTerm: keys, sessions: living)),
            router: Router(services: services), world: world, operations: operations,
            messages: messages)
    }
}
