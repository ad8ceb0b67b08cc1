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
        /// Those of `kept` that a key was wanted for: whose rights they have, the export does not tell.
        var keyless: Set<String> = []
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
    /// How many steps the server has answered.
    private var answers = 0

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

    /// Throws where nothing was done. What goes wrong later, such as a server that stops, is told in the report.
    /// - Parameter keepingKey: takes each new access key as soon as it is made; nil where none are wanted.
    mutating func carryOut(_ plan: ImportPlan, keepingKey: ((NewKey) throws -> Void)?) throws -> Report {
        try plan.refuseEqualNames()
        do {
            try makeEntities(plan)
            if let keepingKey {
                let wanted = plan.keys.filter { !incomplete.contains("user " + $0.user) }
                report.keyless = Set(wanted.map { "user " + $0.user }).subtracting(made)
                for key in wanted where made.contains("user " + key.user) { try makeKey(key, keepingKey) }
            }
        } catch {
            guard answers > 0 else { throw error }
            report.failures.append("the rest was left: \(error)")
        }
        return report
    }

    private mutating func makeEntities(_ plan: ImportPlan) throws {
        var rest = Postponed(steps: plan.steps)
        var count = 0
        repeat {
            count = made.count
            rest = try pass(rest.steps, of: plan.steps.count)
            // Where nothing new was made, what still names a principal that is not there never will be.
        } while !rest.steps.isEmpty && made.count > count
        report.failures += rest.failures
        incomplete.formUnion(rest.steps.map(\.subject))
    }

    /// Steps to be tried again, each with all that follows on its subject, and why the first was refused.
    private struct Postponed {
        var steps: [ImportStep] = []
        var failures: [String] = []
        var subjects: Set<String> = []
    }

    /// One time through the steps.
    private mutating func pass(_ steps: [ImportStep], of count: Int) throws -> Postponed {
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
            answers += 1
            progress(answers, count)
            if let wanted = step.inForce, answer.status != 200,
                QueryFailure(answer).code == "EntityAlreadyExists", try !isInForce(wanted)
            {
                incomplete.insert(step.subject)
                report.failures.append(
                    "\(step.subject): one of that name is there already, and it says something else")
                continue
            }
            let isThere =
                answer.status == 200 ? step.existing == .fine : QueryFailure(answer).code == "EntityAlreadyExists"
            if isThere, let other = try difference(step) {
                incomplete.insert(step.subject)
                report.failures.append("\(step.subject): \(other)")
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
        guard let text = version?.text("Document") else { return false }
        return PolicyComparison.isEqual(encoded: text, wanted.document)
    }

    /// What is told of an entity that is there already and is another than the export's in what limits it.
    private func difference(_ step: ImportStep) throws -> String? {
        var others: [String] = []
        for comparison in step.comparisons {
            var marker: String?
            repeat {
                let answer = try client.post(comparison.reading.from(marker).form, to: "iam", at: clock.now())
                if let difference = comparison.difference(answer) { return difference }
                let page = try XMLDocument(answer.body)
                others += comparison.others(page)
                marker = page.text("Marker")
            } while marker != nil
        }
        return others.isEmpty
            ? nil
            : "it is there already, with policies that the export does not give it: "
                + others.joined(separator: ", ")
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

    private mutating func makeKey(_ wanted: ImportPlan.WantedKey, _ keep: (NewKey) throws -> Void) throws {
        let subject = "user " + wanted.user
        let create = ImportStep("CreateAccessKey", subject, [("UserName", wanted.user)])
        let unsure =
            "\(subject) may have a new access key that nobody has: aws iam list-access-keys --user-name \(wanted.user)"
        let answer: (status: Int, body: [UInt8])
        do { answer = try client.post(create.form, to: "iam", at: clock.now()) } catch {
            report.failures.append(unsure)
            throw error
        }
        guard answer.status == 200 else {
            report.failures.append("\(subject): no access key was made: \(QueryFailure(answer).message)")
            return
        }
        guard let document = try? XMLDocument(answer.body),
            let id = document.text("AccessKeyId"), let secret = document.text("SecretAccessKey")
        else {
            report.failures.append(unsure)
            return
        }
        let named = [("UserName", wanted.user), ("AccessKeyId", id)]
        let key = NewKey(user: wanted.user, former: wanted.former, id: id, secret: secret, isActive: wanted.isActive)
        do {
            if !wanted.isActive { try demand(ImportStep("UpdateAccessKey", subject, named + [("Status", "Inactive")])) }
            try keep(key)
        } catch {
            do { try demand(ImportStep("DeleteAccessKey", subject, named)) } catch let other {
                report.failures.append("\(subject): delete the access key \(id), which nobody has: \(other)")
            }
            throw error
        }
        report.newKeys.append(key)
    }

    /// Throws where the step is refused.
    private func demand(_ step: ImportStep) throws {
        let answer = try client.post(step.form, to: "iam", at: clock.now())
        guard answer.status == 200 else {
            throw SetupError("\(step.subject): \(step.operation) was refused: \(QueryFailure(answer).message)")
        }
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
    func text(_ name: String) -> String? {
        elements.indices.first { self.name(of: $0).elementsEqual(name.utf8) }.map {
            String(decoding: text(of: $0), as: UTF8.self)
        }
    }

    /// The texts of all elements of that name.
    func texts(_ name: String) -> [String] {
        elements.indices.filter { self.name(of: $0).elementsEqual(name.utf8) }.map {
            String(decoding: text(of: $0), as: UTF8.self)
        }
    }
}
