import AWS
import Storage
import Testing
import World

@testable import SigninService

/// Sessions, tickets, and addresses of which nobody was forgotten.
enum SigninUpgrades {
    static let all = [
        FormerStore(
            SigninService.schema, before: 2, "sessions and known addresses", fill: { try fill(&$0) }, check: check)
    ]

    private static let day: Int64 = 86_400

    private static func fill(_ transaction: inout Transaction) throws {
        for (secret, account) in [("a", AccountID.first), ("b", .second)] {
            try ConsoleSession(
                secret, account, owner: "AIDA\(secret)", version: 3, created: Instant(seconds: 10),
                expires: Instant(seconds: 400 * day), mfa: secret == "a" ? nil : Instant(seconds: 10), agent: [1]
            ).insert(&transaction)
        }
        for number in 0..<40 {
            try transaction.run(
                "INSERT INTO signin_known VALUES (?, ?, ?)", .text("AIDA\(number % 4)"), .text("192.0.2.\(number)"),
                .int(Int64(number) * 10 * day * 1000))
        }
        try transaction.run("INSERT INTO signin_ticket VALUES (x'01', 'code', x'02', 9)")
    }

    @Sendable private static func check(_ store: Store) async throws {
        try await store.write { transaction in
            let now = Instant(seconds: 390 * day)
            let first = try ConsoleSession.find("a", at: now, transaction.snapshot)
            try demand(first?.account == .first && first?.mfa == nil && first?.version == 3)
            let second = try ConsoleSession.find("b", at: now, transaction.snapshot)
            try demand(second?.account == .second && second?.mfa == Instant(seconds: 10))
            let wasKnown = try KnownAddress.isKnown("192.0.2.1", to: "AIDA1", transaction.snapshot)
            try demand(wasKnown)
            try KnownAddress.note("192.0.2.99", of: "AIDA1", at: now, &transaction)
            let left = try transaction.rows("SELECT last FROM signin_known ORDER BY last") { $0.int(0) / (day * 1000) }
            try demand(left == (22..<40).map { Int64($0) * 10 } + [390])
        }
    }
}
