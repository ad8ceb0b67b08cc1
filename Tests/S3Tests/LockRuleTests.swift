import Door
import S3API
@testable import S3Service
import Testing
import World

/// The rules of locks, exhaustively, and what they keep.
@Suite struct LockRuleTests {
    private static let now = Instant(seconds: 1_000_000)
    private static let later = now + .seconds(100)
    private static let latest = now + .seconds(200)

    @Test("what a lock keeps from being removed")
    func removal() {
        for mode in [ObjectLock.Mode.governance, .compliance] {
            for until in [LockRuleTests.now, LockRuleTests.later] {
                for isHeld in [nil, false, true] as [Bool?] {
                    for bypasses in [false, true] {
                        let lock = ObjectLock(retention: .init(mode: mode, until: until), isHeld: isHeld)
                        let lasts = until > LockRuleTests.now
                        let isKept = isHeld == true || (lasts && !(mode == .governance && bypasses))
                        let refuses = (try? lock.checkRemoval(at: LockRuleTests.now, bypasses: bypasses)) == nil
                        #expect(refuses == isKept, "\(mode) \(until) \(String(describing: isHeld)) \(bypasses)")
                    }
                }
            }
        }
        #expect(throws: Never.self) { try ObjectLock.none.checkRemoval(at: LockRuleTests.now, bypasses: false) }
    }

    @Test("a compliance retention only grows, a governing one only grows without a bypass")
    func change() {
        let (later, latest) = (LockRuleTests.later, LockRuleTests.latest)
        let governed = ObjectLock.Retention(mode: .governance, until: later)
        let complied = ObjectLock.Retention(mode: .compliance, until: later)
        let nexts: [ObjectLock.Retention?] = [
            nil, .init(mode: .governance, until: later), .init(mode: .governance, until: latest),
            .init(mode: .governance, until: LockRuleTests.now + .seconds(1)), .init(mode: .compliance, until: later),
            .init(mode: .compliance, until: latest),
            .init(mode: .compliance, until: LockRuleTests.now + .seconds(1)),
        ]
        for present in [governed, complied] {
            for next in nexts {
                for bypasses in [false, true] {
                    let grows = next.map { $0.mode == present.mode && $0.until >= present.until } ?? false
                    let may = grows || (present.mode == .governance && bypasses)
                    let lock = ObjectLock(retention: present)
                    let done = (try? lock.checkChange(to: next, at: LockRuleTests.now, bypasses: bypasses)) != nil
                    #expect(done == may, "\(present) \(String(describing: next)) \(bypasses)")
                    // What is over, or was never there, binds nobody.
                    let over = (try? lock.checkChange(to: next, at: later, bypasses: bypasses)) != nil
                    #expect(over)
                }
            }
        }
        for next in nexts {
            #expect(throws: Never.self) {
                try ObjectLock(isHeld: true).checkChange(to: next, at: LockRuleTests.now, bypasses: false)
            }
        }
    }

    @Test(
        "days that have begun count whole",
        arguments: [(0, "0"), (1, "1"), (86_400, "1"), (86_401, "2"), (-86_400, "-1")])
    func days(_ seconds: Int64, _ text: String) {
        let retention = ObjectLock.Retention(mode: .governance, until: LockRuleTests.now + .seconds(seconds))
        guard case .one(let days)? = retention.keys(at: LockRuleTests.now).last?.value else {
            Issue.record("no days")
            return
        }
        #expect(days == text)
    }

    @Test("configurations of a bucket")
    func configurations() throws {
        func lock(_ mode: String?, _ days: Int?, _ years: Int?) -> BucketLock? {
            let wanted = S3.DefaultRetention(mode: mode.map { .init(rawValue: $0) }, days: days, years: years)
            return try? BucketLock(
                .init(objectLockEnabled: .enabled, rule: .init(defaultRetention: wanted)))
        }
        #expect(try BucketLock(.init(objectLockEnabled: .enabled)).retention == nil)
        #expect(
            lock("GOVERNANCE", 1, nil)?.retention(at: LockRuleTests.now)?.until == LockRuleTests.now + .seconds(86_400))
        #expect(
            lock("COMPLIANCE", nil, 2)?.retention(at: LockRuleTests.now)
                == .init(mode: .compliance, until: LockRuleTests.now + .seconds(730 * 86_400)))
        for (mode, days, years) in [
            (nil, 1, nil), ("OTHER", 1, nil), ("GOVERNANCE", nil, nil), ("GOVERNANCE", 1, 1), ("GOVERNANCE", 0, nil),
            ("GOVERNANCE", -1, nil), ("GOVERNANCE", nil, 0), ("GOVERNANCE", 36_501, nil), ("GOVERNANCE", nil, 101),
        ] as [(String?, Int?, Int?)] {
            #expect(lock(mode, days, years) == nil)
        }
        #expect(throws: S3.MalformedXML.self) { try BucketLock(nil) }
        #expect(throws: S3.MalformedXML.self) { try BucketLock(.init()) }
        #expect(throws: S3.MalformedXML.self) { try BucketLock(.init(objectLockEnabled: .enabled, rule: .init())) }
    }
}
