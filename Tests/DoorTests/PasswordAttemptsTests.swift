import Door
import Testing
import World

/// Defends: whoever guesses waits twice as long each time, and nobody waits who has not guessed too often.
struct PasswordAttemptsTests {
    private let attempts = PasswordAttempts(free: 3)
    private let start = Instant(seconds: 1_767_323_045)

    /// A wrong guess; the seconds that it has to wait, where it is not looked at.
    private func guess(_ key: String = "ada", at now: Instant) -> Int64? {
        do {
            attempts.end(try attempts.admit(key, at: now), .wrong)
            return nil
        } catch let delay as PasswordAttempts.Delay {
            return delay.until.seconds - now.seconds
        } catch { return -1 }
    }

    @Test func eachWaitIsTwiceAsLong() {
        for _ in 0..<3 { #expect(guess(at: start) == nil) }
        var now = start
        for seconds: Int64 in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            #expect(guess(at: now) == seconds)
            #expect(guess(at: now + .seconds(seconds - 1)) == 1)
            now = now + .seconds(seconds)
            #expect(guess(at: now) == nil)
        }
        #expect(guess("eve", at: now) == nil)
        #expect(guess(at: now + .seconds(86_401)) == nil)
        #expect(guess(at: now + .seconds(86_401)) == nil)
    }

    @Test func aClockThatGoesBackMakesNobodyWaitWhoNeedNot() {
        for _ in 0..<2 { #expect(guess(at: start) == nil) }
        #expect(guess(at: start + .seconds(-60)) == nil)
        #expect(guess(at: start + .seconds(-120)) == 61)
    }

    @Test func whoWasRightBeginsAnew() throws {
        for _ in 0..<3 { #expect(guess(at: start) == nil) }
        attempts.end(try attempts.admit("ada", at: start + .seconds(1)), .right)
        for _ in 0..<3 { #expect(guess(at: start + .seconds(-60)) == nil) }
        #expect(guess(at: start + .seconds(-60)) == 1)
    }

    @Test func aGuessThatWasRightAfterAllIsTakenBack() {
        for _ in 0..<3 { #expect(guess(at: start) == nil) }
        attempts.forgive("ada")
        #expect(guess(at: start) == nil)
        #expect(guess(at: start) == 1)
    }
}
