import AWS
import Door
import Smithy

extension Operation {
    /// IAM's actions are named as its operations are.
    func ask(on arn: String, _ facts: RequestFacts, keys: [ConditionEntry] = []) throws -> Access {
        .ask(Action("iam", Shape.model.name), on: arn, of: try facts.signedAccount(), keys: keys)
    }
}
