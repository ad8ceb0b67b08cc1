import AWS
import Authentication
import Door
import IAMAPI
import Storage
import World

/// A user by name; without a name, whoever calls.
/// - Source: IAM API Reference, "GetUser".
struct GetUser: Query {
    typealias Shape = IAM.GetUser

    /// The user asked for, or the root user, which only root itself can ask for.
    enum Target: Sendable {
        case user(Found<User>)
        case root(Account)
    }

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        if let user = try User.named(input.userName, facts, snapshot) { return .user(user) }
        guard case .root(let account) = facts.caller.principal else {
            throw Invalid("Must specify userName when calling with non-User credentials")
        }
        return .root(try Account.find(account, snapshot))
    }

    func access(_ input: Shape.Input, to target: Target, for facts: RequestFacts) throws -> Access {
        switch target {
        case .user(let found): try ask(on: found.arn, facts, keys: found.tagKeys, as: found.title)
        case .root(let account): try ask(on: Principal.root(account.id).arn ?? "*", facts)
        }
    }

    func answer(
        _ input: Shape.Input, under permit: borrowing Permit<Target>, in snapshot: borrowing Snapshot
    ) throws -> Shape.Output {
        switch permit.target {
        case .user(let found):
            let user = try found.required()
            return Shape.Output(
                user: user.shape(
                    tags: found.tags.isEmpty ? nil : found.tags,
                    passwordLastUsed: try PasswordUse.last(of: user.id, snapshot)))
        case .root(let account):
            var shape = account.rootShape
            shape.passwordLastUsed = try PasswordUse.last(of: account.id.description, snapshot)
            return Shape.Output(user: shape)
        }
    }
}
