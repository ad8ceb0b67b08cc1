import IAMAPI
import Testing

@testable import IAMService

/// Defends: the room kept in reserve on a full disk is for what takes something away.
@Suite struct FullDiskTests {
    @Test func aKeyIsStoppedButNotStarted() {
        let (stop, start) = (update(.inactive), update(.active))
        #expect(UpdateAccessKey().freesRoom(stop))
        #expect(!UpdateAccessKey().freesRoom(start))
    }

    private func update(_ status: IAM.StatusType) -> IAM.UpdateAccessKey.Input {
        .init(accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: status)
    }
}
