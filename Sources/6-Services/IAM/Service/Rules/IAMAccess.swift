import AWS
import Door
import Smithy

extension Operation {
    /// IAM's actions are named as its operations are.
    /// - Parameter title: how a denial names the resource, such as `user alice`: an ARN would tell its path to whoever
    ///   may not know it.
    func ask(on arn: String, _ facts: RequestFacts, keys: [ConditionEntry] = [], as title: String? = nil) throws
        -> Access
    {
        let action = Action("iam", Shape.model.name)
        return .ask(Ask(action, on: arn, of: try facts.signedAccount(), keys: keys, title: title))
    }
}
