/// Everything from outside that would make two runs differ, passed in at composition.
package struct World: Sendable {
    package let clock: any Clock
    package let identifiers: Identifiers
    package let log: Log

    package init(clock: any Clock, entropy: any Entropy, log: Log) {
        self.clock = clock
        identifiers = Identifiers(entropy)
        self.log = log
    }
}
