import AWS
import Door
import STSAPI
import Storage

/// Root sessions of member accounts, for the management account of an organization. No account here is one: after the
/// policies allowed the call, it is refused as outside an organization.
/// - Source: STS API Reference, "AssumeRoot".
struct AssumeRoot: Query {
    typealias Shape = STS.AssumeRoot

    /// What a root session may be for, each a policy that AWS manages.
    /// - Source: STS API Reference, "AssumeRoot": TaskPolicyArn.
    private static let tasks: Set<String> = [
        "IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials",
        "S3UnlockBucketPolicy", "SQSUnlockQueuePolicy",
    ]

    /// The account whose root is meant.
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        let target = input.targetPrincipal
        let isRoot = ARN(target).map { $0.service == "iam" && $0.resource == "root" } ?? false
        guard let account = AccountID(target) ?? (isRoot ? ARN(target)?.accountID : nil) else {
            throw Invalid("\(target) is neither an account nor the ARN of its root user")
        }
        let prefix = "arn:aws:iam::aws:policy/root-task/"
        guard let task = input.taskPolicyArn.arn, task.hasPrefix(prefix),
            AssumeRoot.tasks.contains(String(task.dropFirst(prefix.count)))
        else {
            throw Invalid("TaskPolicyArn is the ARN of one of \(AssumeRoot.tasks.sorted().joined(separator: ", "))")
        }
        return account
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(
            Action("sts", "AssumeRoot"), on: "arn:aws:iam::\(target):root", of: try facts.signedAccount(),
            keys: [ConditionEntry(.stsTaskPolicyArn, input.taskPolicyArn.arn)].compactMap { $0 })
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let account = try permit.facts.signedAccount()
        throw AccessDenied("The account \(account) is not the management account of an organization.")
    }
}
