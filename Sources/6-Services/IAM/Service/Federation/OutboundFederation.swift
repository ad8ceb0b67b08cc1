import AWS
import Crypto
import Door
import HTTP
import IAMAPI
import Storage
import World

/// Gives the account an issuer of tokens, at the address by which this server was called.
///
/// The address is part of every token, and is not changed later: who enables the issuer calls the server as others find it.
/// - Source: IAM API Reference, "EnableOutboundWebIdentityFederation".
struct EnableOutboundWebIdentityFederation: PreparedChange {
    typealias Shape = IAM.EnableOutboundWebIdentityFederation
    let issuers: OutboundIssuers
    let identifiers: Identifiers

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> OutboundState {
        try OutboundState(facts.signedAccount(), snapshot)
    }

    func access(_ input: Input, to target: OutboundState, for facts: RequestFacts) throws -> Access {
        try ask(on: "*", facts)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<OutboundState>) async throws -> [OutboundIssuers.NewKey]
    {
        guard permit.target.issuer == nil else { return [] }
        return try [SignatureAlgorithm.rs256, .es384].map { try issuers.made($0, id: identifiers.uuid()) }
    }

    func perform(
        _ input: Input, _ keys: [OutboundIssuers.NewKey], under permit: borrowing Permit<OutboundState>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (state, facts) = (permit.target, permit.facts)
        guard !state.isEnabled else {
            throw IAM.FeatureEnabledException(
                message: "Outbound identity federation is already enabled for account \(state.account)")
        }
        if let issuer = state.issuer {
            try transaction.run(
                "UPDATE iam_outbound SET is_enabled = 1 WHERE account = ?", .text(state.account.description))
            return Output(issuerIdentifier: issuer)
        }
        guard let host = facts.host, !host.isEmpty, host.utf8.count <= 200,
            host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
        else { throw Invalid("The request names no host for the issuer to have.") }
        let scheme = facts.connection.tls == nil ? "http://" : "https://"
        let issuer = scheme + host + OutboundIssuers.path + identifiers.uuid()
        try transaction.run(
            "INSERT INTO iam_outbound (account, issuer, is_enabled) VALUES (?, ?, 1)",
            .text(state.account.description), .text(issuer))
        for key in keys {
            try transaction.run(
                """
                INSERT INTO iam_outbound_key (account, algorithm, id, sealed, public, created)
                VALUES (?, ?, ?, ?, ?, ?)
                """, .text(state.account.description), .text(key.algorithm.rawValue), .text(key.id),
                .blob(key.sealed), .text(key.shown), .int(facts.now.milliseconds))
        }
        return Output(issuerIdentifier: issuer)
    }

    func abandon(_ prepared: [OutboundIssuers.NewKey]) async {}
}

/// Whether an account has an issuer, and whether it gives tokens.
struct OutboundState: Sendable {
    let account: AccountID
    let issuer: String?
    let isEnabled: Bool

    init(_ account: AccountID, _ snapshot: borrowing Snapshot) throws {
        self.account = account
        let found = try snapshot.first(
            "SELECT issuer, is_enabled FROM iam_outbound WHERE account = ?", .text(account.description)
        ) { ($0.text(0), $0.bool(1)) }
        (issuer, isEnabled) = (found?.0, found?.1 ?? false)
    }

    func required() throws -> String {
        guard isEnabled, let issuer else {
            throw IAM.FeatureDisabledException(
                message: "Outbound identity federation is disabled for account \(account)")
        }
        return issuer
    }
}

/// No tokens are given any more. Those that were are good until they end.
/// - Source: IAM API Reference, "DisableOutboundWebIdentityFederation".
struct DisableOutboundWebIdentityFederation: Change {
    typealias Shape = IAM.DisableOutboundWebIdentityFederation

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> OutboundState {
        try OutboundState(facts.signedAccount(), snapshot)
    }

    func access(_ input: Input, to target: OutboundState, for facts: RequestFacts) throws -> Access {
        try ask(on: "*", facts)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<OutboundState>, in transaction: inout Transaction
    ) throws -> Output {
        _ = try permit.target.required()
        try transaction.run(
            "UPDATE iam_outbound SET is_enabled = 0 WHERE account = ?", .text(permit.target.account.description))
        return Output()
    }
}

/// - Source: IAM API Reference, "GetOutboundWebIdentityFederationInfo".
struct GetOutboundWebIdentityFederationInfo: Query {
    typealias Shape = IAM.GetOutboundWebIdentityFederationInfo

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> OutboundState {
        try OutboundState(facts.signedAccount(), snapshot)
    }

    func access(_ input: Input, to target: OutboundState, for facts: RequestFacts) throws -> Access {
        try ask(on: "*", facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<OutboundState>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(issuerIdentifier: try permit.target.required(), jwtVendingEnabled: true)
    }
}
