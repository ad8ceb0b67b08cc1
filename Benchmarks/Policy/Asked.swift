import AWS
import Authorization

/// One question with what it must be answered, as a line has it: `action TAB resource TAB outcome {TAB key=value}`.
final class Asked {
    private let question: Question
    private let context: RequestContext
    private let expected: String

    init(_ line: String) {
        let fields = line.split(separator: "\t").map(String.init)
        let user = Subject(
            kind: .user, account: AccountID("123456789012"), arn: "arn:aws:iam::123456789012:user/alice")
        question = Question(user, ActionName(fields[0]), on: ResourceName(fields[1]), of: user.account)
        expected = fields[2]
        var context = RequestContext()
        for pair in fields.dropFirst(3) {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            context.set(parts[0], parts[1])
        }
        self.context = context
    }

    @inline(__always)
    func decision(_ set: PolicySet) -> Decision { decide(question, under: set, in: context) }

    func check(_ set: PolicySet) {
        let outcome = decision(set).outcome.rawValue
        precondition(outcome == expected, "\(question.action) on \(question.resource): \(outcome), not \(expected)")
    }
}
