import Door
import Testing
import World

/// Defends: whoever changed a password knows which one came of it, and takes nobody else's for it.
@Suite struct PasswordVersionTests {
    @Test func aPasswordsVersionIsKnownByWhoChangedIt() {
        // After each change another one, also where the clock stands still or goes back.
        let now = Instant(milliseconds: 1000)
        #expect(SignInIdentity.version(after: 5, at: now) == 1000)
        #expect(SignInIdentity.version(after: 1000, at: now) == 1001)
        #expect(SignInIdentity.version(after: 2000, at: now) == 2001)
    }
}
