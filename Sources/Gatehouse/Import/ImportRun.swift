import AWS
import Authorization
import Formats
import World

/// Carries a plan out against a running server, call by call, each decided and recorded as any other.
struct ImportRun {
    /// How it went.
    struct Report {
        /// Entities that were made.
        var made: [String] = []
        /// Entities that were there: what belongs to them was added.
        var kept: [String] = []
        /// What could not be done, in sentences.
        var failures: [String] = []
        var newKeys: [NewKey] = []
    }

    struct NewKey {
        let user, former, id, secret: String
        let isActive: Bool
    }

    private let client: ServerClient
    private let clock: any Clock
    /// Told how many of how many steps are done.
    private let progress: (Int, Int) -> Void
    private var report = Report()
    /// Subjects with a step that failed. The rest of their steps is left, because a right without its limits is more than
    /// there was.
    private var incomplete: Set<String> = []
    private var made: Set<String> = []

    init(_ client: ServerClient, _ clock: any Clock, progress: @escaping (Int, Int) -> Void) {
        (self.client, self.clock, self.progress) = (client, clock, progress)
    }

    /// The account of the keys that are used.
    static func account(_ client: ServerClient, _ clock: any Clock) throws -> AccountID {
        let form = Array("Action=GetCallerIdentity&Version=2011-06-15".utf8)
        let answer = try client.post(form, to: "sts", at: clock.now())
        guard answer.status == 200, let document = try? XMLDocument(answer.body),
            let text = document.text("Account"), let account = AccountID(text)
        else { throw SetupError("the server does not say whose keys these are: \(QueryFailure(answer).message)") }
        return account
    }

    mutating func carryOut(_ plan: ImportPlan, makingKeys: Bool) throws -> Report {
        try plan.refuseEqualNames()
        var rest = Postponed(steps: plan.steps)
        var (done, count) = (0, 0)
        repeat {
            count = made.count
            rest = try pass(rest.steps, &done, of: plan.steps.count)
            // Where nothing new was made, what still names a principal that is not there never will be.
        } while !rest.steps.isEmpty && made.count > count
        report.failures += rest.failures
        incomplete.formUnion(rest.steps.map(\.subject))
        if makingKeys {
            for key in plan.keys where !incomplete.contains("user " + key.user) { try makeKey(key) }
        }
        return report
    }

    /// Steps to be tried again, each with all that follows on its subject, and why the first was refused.
    private struct Postponed {
        var steps: [ImportStep] = []
        var failures: [String] = []
        var subjects: Set<String> = []
    }

    /// One time through the steps.
    private mutating func pass(_ steps: [ImportStep], _ done: inout Int, of count: Int) throws -> Postponed {
        var later = Postponed()
        for step in steps {
            if later.subjects.contains(step.subject) {
                later.steps.append(step)
                continue
            }
            guard !incomplete.contains(step.subject) else { continue }
            if let missing = step.needs.first(where: incomplete.contains) {
                incomplete.insert(step.subject)
                report.failures.append(
                    "\(step.subject): \(step.operation) was left, since \(missing) is not complete")
                continue
            }
            if let missing = step.needs.first(where: later.subjects.contains) {
                later.subjects.insert(step.subject)
                later.steps.append(step)
                later.failures.append("\(step.subject): \(step.operation) was left, since \(missing) is not complete")
                continue
            }
            if step.wantsNewSubject, !made.contains(step.subject) { continue }
            let answer = try client.post(step.form, to: "iam", at: clock.now())
            done += 1
            progress(done, count)
            if let wanted = step.inForce, answer.status != 200,
                QueryFailure(answer).code == "EntityAlreadyExists", try !isInForce(wanted)
            {
                incomplete.insert(step.subject)
                report.failures.append(
                    "\(step.subject): one of that name is there already, and it says something else")
                continue
            }
            take(answer, of: step, &later)
        }
        return later
    }

    /// Whether the policy that is there says the same, white space aside: an earlier run may have come to an end before it
    /// made the version that denies.
    private func isInForce(_ wanted: PolicyInForce) throws -> Bool {
        let policy = try answer(ImportStep("GetPolicy", wanted.arn, [("PolicyArn", wanted.arn)]))
        let parameters = [("PolicyArn", wanted.arn), ("VersionId", policy?.text("DefaultVersionId"))]
        let version = try answer(ImportStep("GetPolicyVersion", wanted.arn, parameters))
        guard let text = version?.text("Document"), let document = PercentEncoding.decode(text.utf8) else {
            return false
        }
        return ImportRun.packed(document) == ImportRun.packed(Array(wanted.document.utf8))
    }

    /// JSON without the white space between its parts.
    private static func packed(_ json: [UInt8]) -> [UInt8] {
        var (packed, isText, isEscaped): ([UInt8], Bool, Bool) = ([], false, false)
        for byte in json where isText || !" \t\r\n".utf8.contains(byte) {
            packed.append(byte)
            if byte == UInt8(ascii: "\""), !isEscaped { isText.toggle() }
            isEscaped = isText && byte == UInt8(ascii: "\\") && !isEscaped
        }
        return packed
    }

    /// Nil where the step was refused.
    private func answer(_ step: ImportStep) throws -> XMLDocument? {
        let answer = try client.post(step.form, to: "iam", at: clock.now())
        guard answer.status == 200 else { return nil }
        return try? XMLDocument(answer.body)
    }

    private mutating func take(
        _ answer: (status: Int, body: [UInt8]), of step: ImportStep, _ later: inout Postponed
    ) {
        guard answer.status != 200 else {
            if step.existing == .kept {
                made.insert(step.subject)
                report.made.append(step.subject)
            }
            return
        }
        let failure = QueryFailure(answer)
        var sentence = "\(step.subject): \(step.operation) was refused: \(failure.message) (\(failure.code))"
        if let refusal = step.refusal, failure.code == refusal.error.code {
            sentence += ". Change the role's trust policy and import again: \(refusal.mend)"
        }
        switch (failure.code, step.existing, step.namesPrincipals) {
        case ("EntityAlreadyExists", .kept, _): report.kept.append(step.subject)
        case ("MalformedPolicyDocument", _, true):
            later.subjects.insert(step.subject)
            later.steps.append(step)
            later.failures.append(sentence)
        default:
            incomplete.insert(step.subject)
            report.failures.append(sentence)
        }
    }

    private mutating func makeKey(_ wanted: ImportPlan.WantedKey) throws {
        let create = ImportStep("CreateAccessKey", "user " + wanted.user, [("UserName", wanted.user)])
        let answer = try client.post(create.form, to: "iam", at: clock.now())
        guard answer.status == 200, let document = try? XMLDocument(answer.body),
            let id = document.text("AccessKeyId"), let secret = document.text("SecretAccessKey")
        else {
            report.failures.append("user \(wanted.user): no access key was made: \(QueryFailure(answer).message)")
            return
        }
        if !wanted.isActive {
            let update = ImportStep(
                "UpdateAccessKey", create.subject,
                [("UserName", wanted.user), ("AccessKeyId", id), ("Status", "Inactive")])
            let answer = try client.post(update.form, to: "iam", at: clock.now())
            guard answer.status == 200 else {
                report.failures.append(
                    "user \(wanted.user): the access key \(id) should be inactive and is not: delete it")
                return
            }
        }
        report.newKeys.append(
            NewKey(user: wanted.user, former: wanted.former, id: id, secret: secret, isActive: wanted.isActive))
    }
}

/// An error answer of the Query protocol.
struct QueryFailure {
    let code: String
    let message: String

    init(_ answer: (status: Int, body: [UInt8])) {
        let document = try? XMLDocument(answer.body)
        code = document?.text("Code") ?? "status \(answer.status)"
        message = document?.text("Message") ?? "the server's answer cannot be read"
    }
}

extension XMLDocument {
    /// The text of the first element of that name, wherever it is.
    fileprivate func text(_ name: String) -> String? {
        elements.indices.first { self.name(of: $0).elementsEqual(name.utf8) }.map {
            String(decoding: text(of: $0), as: UTF8.self)
        }
    }
}
