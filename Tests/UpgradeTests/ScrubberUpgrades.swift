import Storage
import Testing
import World

@testable import S3Service

/// A pass of the scrubber in its midst and after its end, and what it had found.
enum ScrubberUpgrades {
    static let all = [2, 3].flatMap { number in
        [nil, 9000].map { finished in
            FormerStore(
                Scrubber.schema, before: number, finished == nil ? "a pass in its midst" : "a pass that ended",
                changing: ["s3_scrub"], fill: { try fill(before: number, finished, &$0) }, check: check)
        }
    }

    private static func fill(before number: Int, _ finished: Int64?, _ transaction: inout Transaction) throws {
        try S3FormerRows(number: 13).fill(&transaction)
        try transaction.run("INSERT INTO s3_scrub (id, position, finished) VALUES (1, 5, ?)", .intOrNull(finished))
        if number > 2 { try transaction.run("UPDATE s3_scrub SET content = 10, part = 3") }
        try transaction.run(
            """
            INSERT INTO s3_damaged (content, found, problem) VALUES
                (1, 7000, 'current'), (7, 7000, 'behind'), (11, 7000, 'of an upload'), (900, 7000, 'gone')
            """)
    }

    /// It begins again, so that what has no check is counted; what was found stays until it is found to be whole.
    @Sendable private static func check(_ store: Store) async throws {
        try store.read { snapshot in
            let (place, unchecked) = (try ScrubPlace.find(snapshot), try Scrubber.unchecked(snapshot))
            #expect(place == ScrubPlace() && unchecked == nil)
            let (count, all) = (try DamagedContent.count(snapshot), try DamagedContent.all(snapshot))
            #expect(count == 3 && all.map(\.problem) == ["of an upload", "behind", "current"])
        }
        let now = Instant(seconds: 9)
        try await store.write { transaction in
            for content: Int64 in [1, 7, 11] { try DamagedContent.age(content, &transaction) }
            let isFirst = try DamagedContent.note(1, "again", at: now, &transaction)
            let isSecond = try DamagedContent.note(1, "and again", at: now, &transaction)
            try demand(isFirst && !isSecond, "told once in a pass")
            for content: Int64 in [1, 7] { try DamagedContent.forget(content, &transaction) }
            let problems = try DamagedContent.all(transaction.snapshot).map(\.problem)
            try demand(problems == ["of an upload", "again"])
            try ScrubPlace(finished: 9000).save(unchecked: 4, in: &transaction)
            let unchecked = try Scrubber.unchecked(transaction.snapshot)
            try demand(unchecked == 0)
        }
    }
}
