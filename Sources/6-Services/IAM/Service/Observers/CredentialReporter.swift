import Journal
public import Observers
public import Storage
public import World

/// Writes the credential reports that were asked for, page by page, on a thread of its own.
///
/// Each page is one short transaction, so no change waits for a report, and a report that a crash cut short goes on after the
/// next start. A page shows the account as it is when the page is written.
public final class CredentialReporter: Observer {
    /// For the log.
    public let name = "credential reports"
    private let clock: any Clock

    /// Tells by that clock when a report was done.
    public init(_ clock: any Clock) { self.clock = clock }

    private static let usersAtOnce = 2000

    /// The next page of the oldest report, in one step.
    public func advance(_ snapshot: borrowing Snapshot) throws -> [ObserverStep] {
        guard let report = try CredentialReport.firstUnfinished(snapshot) else { return try removal(snapshot) }
        let rows = CredentialRows(
            account: report.account, behind: try GatheredUses.behindTables(snapshot),
            passwordPolicy: try PasswordPolicy.find(report.account, snapshot))
        var text = report.parts == 0 ? try rows.beginning(snapshot) : []
        let page = try rows.page(after: report.after, limit: CredentialReporter.usersAtOnce, snapshot)
        text += page.text
        let isLast = page.count < CredentialReporter.usersAtOnce
        return [
            { [clock, text] transaction in
                try report.add(
                    text, through: page.last, completed: isLast ? clock.now() : nil, &transaction)
            }
        ]
    }

    private func removal(_ snapshot: borrowing Snapshot) throws -> [ObserverStep] {
        guard let (account, number) = try CredentialReport.obsoletePart(snapshot) else { return [] }
        return [{ transaction in try CredentialReport.removePart(of: account, number, &transaction) }]
    }
}
