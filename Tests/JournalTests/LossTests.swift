import Testing

@testable import Journal
@testable import Storage

/// Defends: power loss takes the records of a tenth of a second and no more, as `Durability.written` says.
struct LossTests {
    @Test func gatheringAndTheLateSyncLeaveTimeForTheDisk() {
        // The rest is for the commit that moves the records, and for the sync itself.
        #expect(SpoolMover.gathering + LateSync.delay <= 70)
    }
}
