/// The claims of well-known providers that AWS offers as condition keys, besides `aud`, `sub` and `amr` of all.
/// - Source: IAM User Guide, "IAM and AWS STS condition context keys": available keys for OIDC federation; Service
///   Authorization Reference, AssumeRoleWithWebIdentity.
enum PublishedClaims {
    private static let buildkite = [
        "build_branch", "cluster_id", "cluster_name", "organization_id", "organization_slug", "pipeline_id",
        "pipeline_slug",
    ]
    private static let gitHub = [
        "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository", "repository_id",
        "repository_owner_id", "workflow",
    ]
    private static let gitLab = [
        "namespace_id", "pipeline_source", "project_id", "ref_protected", "runner_environment", "user_access_level",
        "user_email", "user_id", "user_login",
    ]

    /// - Parameter name: of the provider, host and path.
    static func names(of name: String) -> [String] {
        let host = name.prefix { $0 != "/" }
        if name == "accounts.google.com" { return ["google/organization_number"] }
        if name == "gitlab.com" { return gitLab }
        if host == "token.actions.githubusercontent.com" || name.hasPrefix("github.com/enterprises/")
            || host.hasPrefix("token.actions.") && host.hasSuffix(".ghe.com")
        {
            return gitHub
        }
        if host == "agent.buildkite.com"
            || host.hasPrefix("agent.") && (host.hasSuffix(".buildkite.dev") || host.hasSuffix(".buildkite.site"))
        {
            return buildkite
        }
        if name.hasPrefix("oidc.circleci.com/org/") { return ["oidc.circleci.com/project-id"] }
        return host.hasPrefix("idcs-") && host.hasSuffix(".identity.oraclecloud.com") ? ["rpst_id"] : []
    }
}
