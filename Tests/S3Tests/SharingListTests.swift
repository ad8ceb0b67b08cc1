import Authorization
import Door
import Testing

/// Defends: what a resource shares is told once, in bounded number, and nothing of it is left out.
@Suite struct SharingListTests {
    private func reach(_ number: Int, isPublic: Bool = false, door: ExternalReach.Door = .direct) -> ExternalReach {
        ExternalReach(
            .account("\(200_000_000_000 + number)"), actions: ["s3:a\(number % 3)"], isPublic: isPublic, door: door)
    }

    @Test func eachAccessIsToldOnce() {
        var list = SharingList()
        for _ in 0..<2 {
            list.add(reach(1), through: .policy)
            list.add(reach(1, door: .ownPoints), through: .accessPoint(arn: "a"))
            list.add(reach(2), through: .policy)
        }
        #expect(
            list.all == [
                Sharing(reach(1), through: .policy), Sharing(reach(1), through: .accessPoint(arn: "a")),
                Sharing(reach(2), through: .policy),
            ])
    }

    @Test func whatIsTooMuchIsEverybodys() {
        var list = SharingList()
        for number in 0..<SharingList.most - 1 { list.add(reach(number)) }
        #expect(list.all.count == SharingList.most - 1 && !list.all.contains { $0.reach.principal == .everyone })
        for number in 0..<50 { list.add(reach(5000 + number)) }
        let rest = ExternalReach(.everyone, actions: ["s3:a0", "s3:a1", "s3:a2"])
        #expect(list.all.count == SharingList.most && list.all.last == Sharing(rest))
        list.add(reach(9999, isPublic: true))
        #expect(list.all.count == SharingList.most && list.all.last?.reach.isPublic == true)
    }

    @Test func oneOfManyWaysIsStillTold() {
        var list = SharingList()
        for number in 0..<10_000 { list.add(reach(1), through: .accessPoint(arn: "\(number)")) }
        #expect(list.all.count == 100)
    }
}
