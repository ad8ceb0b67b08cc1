import Door
import IAMAPI
import Storage
import Testing
import World

/// Defends: whoever changed a password knows which one came of it, and takes nobody else's for it.
@Suite struct PasswordVersionTests {
    @Test func aChangeBySomebodyElseIsToldFromOnesOwn() async throws {
        // Both at one time, by a clock that stands still, and then by one that was put back.
        let house = try await House()
        try await house.must(IAM.service, "CreateUser", ["UserName": "alice"])
        try await house.must(
            IAM.service, "CreateLoginProfile", ["UserName": "alice", "Password": "Correct horse 7"])
        for (step, minutes) in [(0, 0), (1, 0), (2, -5)] {
            house.clock.advance(by: .seconds(Int64(minutes * 60)))
            let before = try version(house)
            let mine = SignInIdentity.version(after: before, at: house.clock.now())
            try await change(house, "Battery staple 1\(step)!")
            #expect(try version(house) == mine)
            try await change(house, "Battery staple 2\(step)!")
            #expect(try version(house) > mine)
        }
    }

    private func change(_ house: House, _ password: String) async throws {
        try await house.must(IAM.service, "UpdateLoginProfile", ["UserName": "alice", "Password": .text(password)])
    }

    private func version(_ house: House) throws -> Int64 {
        try house.store.read { try $0.number("SELECT version FROM iam_login_profile") }
    }
}
