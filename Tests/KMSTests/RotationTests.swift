import Testing
import World

@testable import KMSService

/// Defends the dates of a rhythm: the next is always to come, and in step.
@Suite struct RotationTests {
    private func day(_ number: Int64) -> Instant { Instant(milliseconds: number * 86_400_000) }

    @Test func theNextDateIsToCome() {
        #expect(Rotation.following(day(10), every: 90, day(10)) == day(100))
        #expect(Rotation.following(day(10), every: 90, day(99)) == day(100))
        #expect(Rotation.following(day(10), every: 90, day(100)) == day(190))
        // A server that was away for years rotates once, and is in step again.
        #expect(Rotation.following(day(10), every: 90, day(999)) == day(1000))
        #expect(Rotation.following(day(10), every: 90, day(1000)) == day(1090))
    }
}
