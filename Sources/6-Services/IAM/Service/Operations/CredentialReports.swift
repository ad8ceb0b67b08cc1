import AWS
import Door
import IAMAPI
import Storage

/// Asks for a report of all users and their credentials, unless there is one of the last four hours.
/// - Source: IAM API Reference, "GenerateCredentialReport".
struct GenerateCredentialReport: Change, OnAccount {
    typealias Shape = IAM.GenerateCredentialReport

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        let now = permit.facts.now
        if let report = try CredentialReport.find(permit.target, transaction.snapshot) {
            guard report.completed != nil else { return Output(state: .inprogress) }
            if report.isFresh(at: now) { return Output(state: .complete) }
        }
        try CredentialReport.request(permit.target, at: now, &transaction)
        return Output(state: .started, description: "No report exists. Starting a new report generation task")
    }
}

/// The report, as comma-separated values.
/// - Source: IAM API Reference, "GetCredentialReport".
struct GetCredentialReport: Query, OnAccount {
    typealias Shape = IAM.GetCredentialReport

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let report = try CredentialReport.find(permit.target, snapshot) else {
            throw IAM.CredentialReportNotPresentException(
                message: "No report is present. Call GenerateCredentialReport to generate one.")
        }
        guard let completed = report.completed else {
            throw IAM.CredentialReportNotReadyException(message: "The report is still being generated.")
        }
        guard report.isFresh(at: permit.facts.now) else {
            throw IAM.CredentialReportExpiredException(
                message: "The most recent report has expired. Call GenerateCredentialReport to generate a new one.")
        }
        return Output(
            content: try report.content(snapshot), reportFormat: .textCsv, generatedTime: completed)
    }
}
