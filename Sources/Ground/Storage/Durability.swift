/// What an acknowledged write survives.
public enum Durability: Sendable {
    /// Power loss: the commit is synced before the reply.
    case synced
    /// The end of the process, however violent; power loss only from 100 ms after the reply on.
    case written
}
