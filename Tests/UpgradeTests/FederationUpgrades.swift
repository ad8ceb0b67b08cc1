import IAMAPI
import KeyVault
import Storage
import Testing
import World

@testable import IAMService

/// Providers of both kinds, and assertions that were noted by their provider.
enum FederationUpgrades {
    static let all = (2...6).map { number in
        FormerStore(
            IAMService.federationSchema, before: number, "providers and used assertions",
            changing: changed(since: number), fill: { try fill(before: number, &$0) }, check: check)
    }

    private static func changed(since number: Int) -> Set<String> {
        switch number {
        case 2: ["iam_oidc_provider", "iam_saml_provider", "iam_saml_assertion"]
        case 3, 4, 5: ["iam_oidc_provider", "iam_saml_provider"]
        default: ["iam_oidc_provider"]
        }
    }

    private static func fill(before number: Int, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_oidc_provider (account, name, url, id, created, thumbprints) VALUES
                ('111122223333', 'idp.example', 'https://idp.example', 'O1', 0, ''),
                ('444455556666', 'idp.example', 'https://idp.example', 'O2', 0, 'aA,BB')
            """)
        try transaction.run(
            "INSERT INTO iam_oidc_client (provider, client) VALUES ('O1', 'app'), ('O1', 'App'), ('O2', 'app')")
        try fillSAML(before: number, &transaction)
        try transaction.run("INSERT INTO iam_saml_key VALUES ('k1', 'S2', x'01', 0), ('k2', 'S2', x'02', 1)")
        if number == 2 {
            try transaction.run("INSERT INTO iam_saml_assertion VALUES ('S1', '_a', 50), ('S2', '_a', 50)")
        }
        try transaction.run("INSERT INTO iam_outbound VALUES ('111122223333', 'https://issuer', 1)")
        try transaction.run("INSERT INTO iam_outbound_key VALUES ('111122223333', 'RS256', 'o', x'01', '{}', 0)")
    }

    private static func fillSAML(before number: Int, _ transaction: inout Transaction) throws {
        if number > 4 {
            try transaction.run(
                """
                INSERT INTO iam_saml_provider (account, name_key, name, id, created, encryption, valid_until) VALUES
                    ('111122223333', 'corp', 'Corp', 'S1', 0, NULL, 99),
                    ('444455556666', 'corp', 'corp', 'S2', 0, 'Required', 99)
                """)
            try transaction.run("INSERT INTO iam_saml_metadata VALUES ('S1', '<m/>'), ('S2', '<m/>')")
        } else {
            try transaction.run(
                """
                INSERT INTO iam_saml_provider
                    (account, name_key, name, id, created, metadata, encryption, valid_until) VALUES
                    ('111122223333', 'corp', 'Corp', 'S1', 0, '<m/>', NULL, 99),
                    ('444455556666', 'corp', 'corp', 'S2', 0, '<m/>', 'Required', 99)
                """)
        }
    }

    @Sendable private static func check(_ store: Store) async throws {
        try store.read { snapshot in
            let first = try OpenIDConnectProvider.find("idp.example", in: .first, snapshot)
            #expect(first?.id == "O1" && first?.thumbprints == [])
            let second = try OpenIDConnectProvider.find("idp.example", in: .second, snapshot)
            #expect(second?.thumbprints == ["aa", "bb"])
            #expect(try OpenIDConnectProvider.clients(of: "O1", snapshot).sorted() == ["App", "app"])
            #expect(try SAMLProvider.find("CORP", in: .first, snapshot)?.encryption == nil)
            let corp = try SAMLProvider.find("corp", in: .second, snapshot)
            #expect(corp?.encryption == "Required")
            #expect(try corp?.metadata(snapshot) == "<m/>" && corp?.document == 1)
        }
        let providers = IdentityProviders(store, SAMLKeys(SoftwareKeyVault.ephemeral()))
        let (now, end) = (Instant(seconds: 1), Instant(seconds: 9))
        #expect(try await providers.useAssertion([1], of: "S1", now: now, until: end))
        #expect(
            try await !providers.useAssertion([1], of: "S2", now: now, until: end), "used once, for whichever provider")
        try await store.write { transaction in
            try transaction.run("INSERT INTO iam_oidc_client (provider, client) VALUES ('O2', 'above')")
            let clients = try OpenIDConnectProvider.clients(of: "O2", transaction.snapshot)
            try demand(clients == ["app", "above"], "as they were given")
            try transaction.run("DELETE FROM iam_saml_provider WHERE id = 'S2'")
            try transaction.run("DELETE FROM iam_oidc_provider WHERE id = 'O1'")
            let left = try transaction.rows(
                """
                SELECT provider FROM iam_saml_key UNION ALL SELECT provider FROM iam_oidc_client
                UNION ALL SELECT provider FROM iam_saml_metadata
                """
            ) { $0.text(0) }
            try demand(left == ["O2", "O2", "S1"])
        }
    }
}
