/// Everything from outside that would make two runs differ, passed in at composition.
public final class World: Sendable {
    public let clock: any Clock
    public let identifiers: Identifiers
    public let log: Log

    public init(clock: any Clock, entropy: any Entropy, log: Log) {
        self.clock = clock
        identifiers = Identifiers(entropy)
        self.log = log
    }
}
