import S3API
@testable import S3Service
import Smithy
import Testing
import World

/// Defends the rules of lifecycles: which are taken, what they say of an object, and when.
@Suite struct LifecycleRuleTests {
    private func code(_ rules: [S3.LifecycleRule]) -> String? {
        do {
            try LifecycleCheck.check(rules)
            return nil
        } catch let error as any ServiceError { return error.code } catch { return "\(error)" }
    }

    private static func rule(_ change: (inout S3.LifecycleRule) -> Void) -> S3.LifecycleRule {
        var rule = S3.LifecycleRule(iD: "r", filter: .init(prefix: "a/"), status: .enabled)
        change(&rule)
        return rule
    }

    private static func time(_ text: String) -> Instant { Instant(iso8601: text) ?? Instant(seconds: 0) }

    @Test("a rule that means something is taken")
    func taken() {
        let tag = S3.Tag(key: "k", value: "v")
        let filters: [S3.LifecycleRuleFilter] = [
            .init(), .init(prefix: ""), .init(tag: tag), .init(objectSizeGreaterThan: 0), .init(objectSizeLessThan: 1),
            .init(and: .init(prefix: "", tags: [tag])), .init(and: .init(tags: [tag, .init(key: "K", value: "")])),
            .init(and: .init(objectSizeGreaterThan: 4, objectSizeLessThan: 5)),
        ]
        for filter in filters {
            let rule = Self.rule { ($0.filter, $0.expiration) = (filter, .init(days: 1)) }
            #expect(code([rule]) == nil, "\(filter)")
        }
        let moves = Self.rule { rule in
            rule.transitions = [
                .init(days: 30, storageClass: .standardIa), .init(days: 60, storageClass: .intelligentTiering),
                .init(days: 61, storageClass: .glacierIr),
            ]
            rule.expiration = .init(days: 62)
            rule.noncurrentVersionTransitions = [
                .init(noncurrentDays: 30, storageClass: .standardIa, newerNoncurrentVersions: 1)
            ]
            rule.noncurrentVersionExpiration = .init(noncurrentDays: 31, newerNoncurrentVersions: 100)
            rule.abortIncompleteMultipartUpload = .init(daysAfterInitiation: 1)
        }
        #expect(code([moves]) == nil)
        let dated = Self.rule { $0.expiration = .init(date: Self.time("2017-09-27")) }
        #expect(code([dated, Self.rule { ($0.iD, $0.expiration) = ("s", .init(days: 1)) }]) == nil)
        let many = (0..<1000).map { number in Self.rule { ($0.iD, $0.expiration) = ("\(number)", .init(days: 1)) } }
        #expect(code(many) == nil)
        #expect(code(many + [dated]) == "InvalidRequest")
    }

    private static let tag = S3.Tag(key: "k", value: "v")
    private static let refusals: [(code: String, rule: S3.LifecycleRule)] = [
        ("InvalidRequest", rule { _ in }),
        ("InvalidArgument", rule { ($0.iD, $0.expiration) = (String(repeating: "i", count: 256), .init(days: 1)) }),
        ("MalformedXML", rule { ($0.status, $0.expiration) = (.init(rawValue: "enabled"), .init(days: 1)) }),
        ("MalformedXML", rule { ($0.filter, $0.expiration) = (nil, .init(days: 1)) }),
        ("MalformedXML", rule { ($0.prefix, $0.expiration) = ("", .init(days: 1)) }),
        ("MalformedXML", rule { ($0.filter, $0.expiration) = (.init(prefix: "a", tag: tag), .init(days: 1)) }),
        ("MalformedXML", rule { ($0.filter, $0.expiration) = (.init(and: .init(prefix: "a")), .init(days: 1)) }),
        ("MalformedXML", rule { ($0.filter, $0.expiration) = (.init(and: .init()), .init(days: 1)) }),
        (
            "InvalidRequest",
            rule { ($0.filter, $0.expiration) = (.init(and: .init(tags: [tag, tag])), .init(days: 1)) }
        ),
        ("InvalidTag", rule { ($0.filter, $0.expiration) = (.init(tag: .init(key: "", value: "")), .init(days: 1)) }),
        ("InvalidRequest", rule { ($0.filter, $0.expiration) = (.init(objectSizeLessThan: 0), .init(days: 1)) }),
        ("InvalidRequest", rule { ($0.filter, $0.expiration) = (.init(objectSizeGreaterThan: -1), .init(days: 1)) }),
        (
            "InvalidRequest",
            rule {
                $0.filter = .init(and: .init(objectSizeGreaterThan: 5, objectSizeLessThan: 5))
                $0.expiration = .init(days: 1)
            }
        ),
        ("MalformedXML", rule { $0.expiration = .init() }),
        ("MalformedXML", rule { $0.expiration = .init(days: 1, expiredObjectDeleteMarker: true) }),
        ("MalformedXML", rule { $0.expiration = .init(date: time("2030-01-01"), days: 1) }),
        ("InvalidArgument", rule { $0.expiration = .init(days: 0) }),
        ("MalformedXML", rule { $0.expiration = .init(days: 1 << 31) }),
        ("InvalidArgument", rule { $0.expiration = .init(date: time("2030-01-01T01:00:00Z")) }),
        ("MalformedXML", rule { $0.noncurrentVersionExpiration = .init() }),
        ("MalformedXML", rule { $0.noncurrentVersionExpiration = .init(newerNoncurrentVersions: 1) }),
        ("InvalidArgument", rule { $0.noncurrentVersionExpiration = .init(noncurrentDays: 0) }),
        (
            "InvalidArgument",
            rule { $0.noncurrentVersionExpiration = .init(noncurrentDays: 1, newerNoncurrentVersions: 0) }
        ),
        (
            "InvalidArgument",
            rule { $0.noncurrentVersionExpiration = .init(noncurrentDays: 1, newerNoncurrentVersions: 101) }
        ),
        ("MalformedXML", rule { $0.abortIncompleteMultipartUpload = .init() }),
        ("InvalidArgument", rule { $0.abortIncompleteMultipartUpload = .init(daysAfterInitiation: 0) }),
        (
            "InvalidRequest",
            rule {
                ($0.filter, $0.abortIncompleteMultipartUpload) = (.init(tag: tag), .init(daysAfterInitiation: 1))
            }
        ),
        (
            "InvalidRequest",
            rule {
                $0.filter = .init(objectSizeGreaterThan: 1)
                $0.expiration = .init(expiredObjectDeleteMarker: true)
            }
        ),
        ("NotImplemented", rule { $0.transitions = [.init(days: 1, storageClass: .glacier)] }),
        (
            "NotImplemented",
            rule { $0.noncurrentVersionTransitions = [.init(noncurrentDays: 1, storageClass: .deepArchive)] }
        ),
        ("MalformedXML", rule { $0.transitions = [.init(days: 1, storageClass: .init(rawValue: "STANDARD"))] }),
        ("MalformedXML", rule { $0.transitions = [.init(storageClass: .glacierIr)] }),
        ("InvalidArgument", rule { $0.transitions = [.init(days: -1, storageClass: .glacierIr)] }),
        ("InvalidArgument", rule { $0.transitions = [.init(days: 29, storageClass: .onezoneIa)] }),
        (
            "InvalidArgument",
            rule { $0.noncurrentVersionTransitions = [.init(noncurrentDays: 29, storageClass: .standardIa)] }
        ),
        (
            "InvalidRequest",
            rule {
                $0.transitions = [.init(days: 1, storageClass: .glacierIr), .init(days: 2, storageClass: .glacierIr)]
            }
        ),
        (
            "InvalidRequest",
            rule {
                $0.transitions = [
                    .init(days: 30, storageClass: .standardIa),
                    .init(date: time("2030-01-01"), storageClass: .glacierIr),
                ]
            }
        ),
        (
            "InvalidRequest",
            rule {
                $0.transitions = [.init(days: 1, storageClass: .glacierIr)]
                $0.expiration = .init(date: time("2030-01-01"))
            }
        ),
        (
            "InvalidArgument",
            rule {
                $0.transitions = [.init(days: 5, storageClass: .glacierIr)]
                $0.expiration = .init(days: 5)
            }
        ),
        (
            "InvalidArgument",
            rule {
                $0.transitions = [
                    .init(days: 30, storageClass: .standardIa), .init(days: 59, storageClass: .onezoneIa),
                ]
            }
        ),
        (
            "InvalidArgument",
            rule {
                $0.transitions = [
                    .init(days: 30, storageClass: .onezoneIa), .init(days: 90, storageClass: .intelligentTiering),
                ]
            }
        ),
    ]

    @Test("a rule that means nothing, or more than is done, is refused", arguments: refusals.indices)
    func refused(_ index: Int) {
        let (wanted, rule) = Self.refusals[index]
        #expect(code([rule]) == wanted, "\(rule)")
    }

    @Test("rules of one configuration have one form and their own ids; old ones do not overlap")
    func together() {
        let new = Self.rule { ($0.iD, $0.expiration) = ("n", .init(days: 1)) }
        let old = S3.LifecycleRule(expiration: .init(days: 1), iD: "o", prefix: "a", status: .enabled)
        let other = S3.LifecycleRule(expiration: .init(days: 1), iD: "p", prefix: "ab", status: .enabled)
        let apart = S3.LifecycleRule(
            iD: "q", prefix: "ab", status: .enabled, abortIncompleteMultipartUpload: .init(daysAfterInitiation: 1))
        #expect(code([]) == "MalformedXML")
        #expect(code([new, new]) == "InvalidArgument")
        #expect(code([new, old]) == "InvalidRequest")
        #expect(code([old, new]) == "InvalidRequest")
        #expect(code([old, other]) == "InvalidRequest")
        #expect(code([old, apart]) == nil)
        var counting = apart
        counting.abortIncompleteMultipartUpload = nil
        counting.noncurrentVersionExpiration = .init(noncurrentDays: 1, newerNoncurrentVersions: 1)
        #expect(code([counting]) == "InvalidRequest")
    }

    @Test("days end at the midnight that comes after")
    func days() {
        #expect(LifecycleDay.end(Self.time("2014-01-15T10:30:00Z"), days: 3) == Self.time("2014-01-19"))
        #expect(LifecycleDay.end(Self.time("2014-01-15T23:59:59Z"), days: 1) == Self.time("2014-01-17"))
        #expect(LifecycleDay.end(Self.time("2014-01-15T00:00:00Z"), days: 0) == Self.time("2014-01-16"))
    }

    @Test("what is kept is what was given")
    func kept() throws {
        let full = Self.rule { rule in
            rule.filter = .init(
                and: .init(
                    prefix: "ü/", tags: [Self.tag, .init(key: "l", value: "")], objectSizeGreaterThan: 1,
                    objectSizeLessThan: 9))
            rule.expiration = .init(date: Self.time("2031-01-01"))
            rule.transitions = [.init(date: Self.time("2030-01-01"), storageClass: .glacierIr)]
            rule.noncurrentVersionTransitions = [
                .init(noncurrentDays: 3, storageClass: .intelligentTiering, newerNoncurrentVersions: 2)
            ]
            rule.noncurrentVersionExpiration = .init(noncurrentDays: 4, newerNoncurrentVersions: 5)
        }
        let empty = Self.rule { rule in
            (rule.iD, rule.filter, rule.status) = ("\"\n", .init(), .disabled)
            rule.expiration = .init(expiredObjectDeleteMarker: false)
            rule.abortIncompleteMultipartUpload = .init(daysAfterInitiation: 7)
        }
        let rules = LifecycleRules([full, empty], minimum: .variesByStorageClass)
        let again = try LifecycleRules(stored: rules.stored, minimum: rules.storedMinimum)
        #expect(again.stored == rules.stored && again.minimum == .variesByStorageClass)
        #expect(again.shapes[1].filter != nil && again.shapes[1].filter?.prefix == nil)
        #expect(again.shapes[0].filter?.and?.tags?.count == 2 && again.shapes[1].status == .disabled)
        #expect(again.rules.count == 1)
    }

    @Test("a walk goes from one beginning that a rule names to the next")
    func walk() {
        let rules = LifecycleRules(
            ["m/", "b/", "b/c", ""].map { prefix in
                Self.rule { ($0.filter, $0.status) = (.init(prefix: prefix), prefix.isEmpty ? .disabled : .enabled) }
            }, minimum: .allStorageClasses128k)
        func next(_ key: String) -> String? {
            rules.next(from: Array(key.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(next("") == "b/")
        #expect(next("b/") == "b/")
        #expect(next("b/cd") == "b/cd")
        #expect(next("b0") == "m/")
        #expect(next("m/z") == "m/z")
        #expect(next("n") == nil)
    }

    @Test("the rule that is due first is told, in one line")
    func told() {
        let rules = LifecycleRules(
            [
                Self.rule { ($0.iD, $0.expiration) = ("late", .init(days: 3)) },
                Self.rule { ($0.iD, $0.expiration) = ("two words", .init(days: 2)) },
                Self.rule { ($0.iD, $0.expiration) = ("same", .init(days: 2)) },
                Self.rule {
                    $0.iD = "a\r\n\"%ü"
                    $0.abortIncompleteMultipartUpload = .init(daysAfterInitiation: 1)
                },
                Self.rule { ($0.status, $0.expiration) = (.disabled, .init(days: 1)) },
            ], minimum: .allStorageClasses128k)
        let made = Self.time("2026-03-04T05:06:07Z")
        let due = rules.expiration(of: "a/k", size: 1, tags: [], made: made)
        #expect(due?.date == Self.time("2026-03-07") && due?.rule == "two words")
        #expect(rules.expiration(of: "b", size: 1, tags: [], made: made) == nil)
        #expect(rules.abort(of: "a/k", begun: made)?.rule == "a%0D%0A%22%25%C3%BC")
        let never = LifecycleRules(
            [Self.rule { $0.expiration = .init(days: Int(Int32.max)) }], minimum: .allStorageClasses128k)
        #expect(never.expiration(of: "a/k", size: 1, tags: [], made: made) == nil)
    }
}
