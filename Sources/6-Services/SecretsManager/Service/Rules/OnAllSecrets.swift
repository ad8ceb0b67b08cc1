import AWS
import Door
import SecretsManagerAPI
import Smithy

/// An operation about the caller's account and no one secret.
protocol OnAllSecrets: Operation where Target == AccountID {}

extension OnAllSecrets {
    /// The question that such operations ask: about no resource.
    static func ask(_ action: String, _ account: AccountID) -> Ask {
        Ask(Action("secretsmanager", action), on: "*", of: account)
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Self.ask(Shape.model.name, target))
    }
}
