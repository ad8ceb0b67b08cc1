/// Identity providers that give tokens to anybody who is their customer, under one issuer for all: a role that trusts one must
/// say whose tokens it means.
/// - Source: IAM User Guide, "Identity-provider controls for shared OIDC providers" (table of 2026-09-11), and for the oldest
///   providers and GitHub "Create a role for OpenID Connect federation"; which values and operators AWS takes as measured by
///   radkawar/stackd, `iam/policy/testdata/oidc_trust_controls_*.json`, commit 9dc356f.
enum SharedIssuers {
    /// Which condition a trust policy must have.
    enum Control: Hashable {
        /// On this key, in any case; no value `*`.
        case claim(String)
        /// On the workflow's subject or its reusable workflow; no value that begins with `*` or is blank.
        case gitHubActions
        /// On one of these keys, as they are spelled, for equality, with any value.
        case application([String])
    }

    static let cognito = "cognito-identity.amazonaws.com"
    private static let gitHubActions = "token.actions.githubusercontent.com"

    /// The claim that tells tenants apart, by issuer.
    static let claims: [String: String] = [
        cognito: "aud", "api.pulumi.com/oidc": "aud", "oidc.vercel.com": "aud", "sandboxes.cloud": "aud",
        "agent.buildkite.com": "sub", "app.terraform.io": "sub", "gitlab.com": "sub", "oidc.codefresh.io": "sub",
        "oidc-configuration.audit-log.githubusercontent.com": "sub",
        "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu": "sub",
        "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb": "sub", "proidc.upbound.io": "sub",
        "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7": "sub",
        "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr": "sub",
        "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg": "sub",
        "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26": "sub", "scalr.io": "sub",
        "studio.datachain.ai/api": "sub", "tokens.cloud.shisho.dev": "sub",
        "vstoken.actions.githubusercontent.com": "sub",
    ]

    /// Azure Sentinel's tokens tell tenants apart by the name of the session.
    private static let keys = ["sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d": "sts:RoleSessionName"]

    /// Those that trust policies name without an ARN.
    private static let applications: [String: [String]] = [
        "accounts.google.com": ["aud", "oaud", "sub"], "graph.facebook.com": ["app_id", "sub"],
        "www.amazon.com": ["app_id", "sub"],
    ]

    /// Nil where the issuer is one customer's own.
    /// - Parameter principal: as under `Federated`.
    static func control(of principal: String) -> Control? {
        if let names = applications[principal] { return .application(names.map { "\(principal):\($0)" }) }
        let issuer = issuer(of: principal)
        // By the beginning alone, whatever comes behind it.
        if issuer.hasPrefix(gitHubActions) { return .gitHubActions }
        return (keys[issuer] ?? claims[issuer].map { "\(issuer):\($0)" }).map { .claim($0) }
    }

    /// Host and path of the issuer.
    static func issuer(of principal: String) -> String {
        guard principal.hasPrefix("arn:"), let kind = principal.firstRange(of: ":oidc-provider/") else {
            return principal
        }
        return String(principal[kind.upperBound...])
    }
}
