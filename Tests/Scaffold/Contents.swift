public import Journal
public import Storage

/// What a store holds, to be compared and read by tests.
extension Store {
    /// The texts that `queries` select, in their order.
    public func rows(_ queries: [StaticString]) throws -> [String] {
        try read { snapshot in
            var rows: [String] = []
            for query in queries { rows += try snapshot.rows(query) { $0.text(0) } }
            return rows
        }
    }

    /// Selects everything IAM keeps: equal before and after a call that changed nothing.
    public static let identities: [StaticString] = [
        "SELECT 'account ' || id || quote(alias) || users FROM iam_account ORDER BY 1",
        "SELECT 'user ' || account || name || path || id || quote(boundary) FROM iam_user ORDER BY 1",
        "SELECT 'group ' || account || name || path || id FROM iam_group ORDER BY 1",
        "SELECT 'member ' || group_id || user_id FROM iam_member ORDER BY 1",
        """
        SELECT 'role ' || account || name || path || id || quote(boundary) || trust || quote(description) || maximum_session
        FROM iam_role ORDER BY 1
        """,
        "SELECT 'profile ' || account || name || path || id || quote(role) FROM iam_instance_profile ORDER BY 1",
        "SELECT 'instance ' || id || account || profile || region || hex(secret) FROM iam_instance ORDER BY 1",
        "SELECT 'deletion ' || task || account || role_arn FROM iam_linked_role_deletion ORDER BY 1",
        "SELECT 'policy ' || arn || id || quote(description) || default_version || last_version FROM iam_policy ORDER BY 1",
        "SELECT 'version ' || policy_id || number || document FROM iam_policy_version ORDER BY 1",
        "SELECT 'inline ' || owner || name || document FROM iam_inline_policy ORDER BY 1",
        "SELECT 'attachment ' || owner || policy_arn FROM iam_attachment ORDER BY 1",
        "SELECT 'tag ' || owner || key || value FROM iam_tag ORDER BY 1",
        "SELECT 'device ' || serial || quote(account) || id || quote(owner) || drift || used FROM iam_mfa_device ORDER BY 1",
        "SELECT 'oidc ' || account || url || id || thumbprints FROM iam_oidc_provider ORDER BY 1",
        "SELECT 'client ' || provider || client FROM iam_oidc_client ORDER BY 1",
        """
        SELECT 'saml ' || account || name || id || quote(encryption) || valid_until FROM iam_saml_provider
        UNION ALL SELECT 'saml metadata ' || provider || text FROM iam_saml_metadata
        ORDER BY 1
        """,
        "SELECT 'opener ' || id || provider || hex(sealed) FROM iam_saml_key ORDER BY 1",
        "SELECT 'outbound ' || account || issuer || is_enabled FROM iam_outbound ORDER BY 1",
        "SELECT 'key ' || id || account || owner || hex(secret) || active FROM iam_access_key ORDER BY 1",
        "SELECT 'ssh key ' || id || owner || hex(key) || active FROM iam_ssh_key ORDER BY 1",
        "SELECT 'signing certificate ' || id || owner || body || active FROM iam_signing_certificate ORDER BY 1",
        """
        SELECT 'server certificate ' || account || name || path || id || body || quote(chain) || hex(private_key)
        FROM iam_server_certificate ORDER BY 1
        """,
        """
        SELECT 'service credential ' || id || owner || service || user_name || hex(digest) || active || quote(expires)
        FROM iam_service_credential ORDER BY 1
        """,
        "SELECT 'access job ' || id || account || caller || target || services FROM iam_access_job ORDER BY 1",
        "SELECT 'credential report ' || account || number || started || quote(completed) FROM iam_credential_report ORDER BY 1",
        """
        SELECT 'login ' || owner || hex(password) || created || changed || version || reset_required
        FROM iam_login_profile ORDER BY 1
        """,
        "SELECT 'former password ' || owner || version || hex(password) FROM iam_former_password ORDER BY 1",
        "SELECT 'password use ' || owner || last_used FROM iam_password_use ORDER BY 1",
        """
        SELECT 'password policy ' || account || minimum_length || symbols || numbers || uppercase || lowercase
            || allows_change || quote(maximum_age) || quote(reuse) || quote(hard_expiry) FROM iam_password_policy ORDER BY 1
        """,
        "SELECT 'root user ' || account || email || quote(chosen) FROM iam_root_user ORDER BY 1",
    ]

    /// The journal after `position`, in the order it was written.
    public func entries(after position: Int64 = 0) throws -> [(position: Int64, entry: Entry)] {
        try read { snapshot in
            var found: [(position: Int64, entry: Entry)] = []
            try Journal.scanBackwards(before: nil, snapshot) { at, entry in
                guard at > position else { return false }
                found.append((at, entry))
                return true
            }
            return found.reversed()
        }
    }

    /// The first row of the journal that does not fit its chain; nil where all do.
    public func brokenLink() throws -> Int64? { try read { try Journal.verify($0) } }
}
