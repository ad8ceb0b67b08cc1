import Door
import IAMAPI
import Storage

/// An operation on a user by its name.
protocol OnUser: Operation where Target == Found<User> {
    func userName(_ input: Input) -> String
}

extension OnUser {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Found<User> {
        try User.findTagged(userName(input), in: facts.signedAccount(), snapshot)
    }

    func access(_ input: Input, to target: Found<User>, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: target.tagKeys, as: target.title)
    }
}
