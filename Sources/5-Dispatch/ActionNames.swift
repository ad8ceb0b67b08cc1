import AWS
import Authorization
import World

/// The names of the actions asked about so far, made once each: an operation declares its action, the engine wants it read.
final class ActionNames: Sendable {
    private let names = ThreadShards<[Action: ActionName]>([:])

    func name(of action: Action) -> ActionName {
        names.withLock { names in
            if let known = names[action] { return known }
            let name = ActionName(action.description)
            names[action] = name
            return name
        }
    }
}
