import SecretsManagerAPI
import Testing

@testable import SecretsManagerService

/// Defends where labels are: each on one version at most, and always a current one.
@Suite struct StagingLabelTests {
    private static let (current, previous) = (StagingLabels.current, StagingLabels.previous)

    private func held(_ labels: StagingLabels) -> [String: String] {
        Dictionary(labels.pairs.map { ($0.label, $0.version) }) { first, _ in first }
    }

    @Test func labelsThatOnlyLookAlikeAreTwo() throws {
        var labels = StagingLabels()
        try labels.put(["caf\u{E9}"], on: "1")
        try labels.put(["cafe\u{301}"], on: "2")
        #expect(labels.labels(of: "1").map { $0.utf8.count } == [5])
        #expect(labels.labels(of: "2").map { $0.utf8.count } == [6])
    }

    @Test func whatWasCurrentIsPrevious() throws {
        var labels = StagingLabels()
        try labels.put([Self.current], on: "1")
        #expect(held(labels) == [Self.current: "1"])
        try labels.put([Self.current, "MINE"], on: "2")
        #expect(held(labels) == [Self.current: "2", Self.previous: "1", "MINE": "2"])
        #expect(labels.labels(of: "2") == [Self.current, "MINE"] && labels.labels(of: "3").isEmpty)
        // Put where it is, it moves nothing.
        try labels.put([Self.current], on: "2")
        #expect(labels.holder(of: Self.previous) == "1")
    }

    @Test func backToThePreviousOne() throws {
        var labels = StagingLabels([(Self.current, "2"), (Self.previous, "1")])
        try labels.move(Self.current, from: "2", to: "1")
        #expect(held(labels) == [Self.current: "1", Self.previous: "2"])
    }

    @Test func aLabelIsTakenFromWhoHasIt() throws {
        var labels = StagingLabels([(Self.current, "1"), ("MINE", "1")])
        let invalid = SecretsManager.InvalidParameterException.self
        #expect(throws: invalid) { try labels.move("MINE", from: "2", to: "3") }
        #expect(throws: invalid) { try labels.move("MINE", from: nil, to: "2") }
        #expect(throws: invalid) { try labels.move("MINE", from: nil, to: nil) }
        #expect(throws: invalid) { try labels.move(Self.current, from: "1", to: nil) }
        try labels.move("MINE", from: nil, to: "1")
        try labels.move("NEW", from: nil, to: "2")
        try labels.move("MINE", from: "1", to: nil)
        #expect(held(labels) == [Self.current: "1", "NEW": "2"])
    }

    @Test func twentyAtMost() throws {
        var labels = StagingLabels([(Self.current, "1")])
        try labels.put((1..<StagingLabels.limit).map { "L\($0)" }, on: "1")
        #expect(throws: SecretsManager.LimitExceededException.self) { try labels.put(["ONE-MORE"], on: "1") }
    }
}
