import AWS
import Foundation
import Testing
import World

@testable import Journal

/// Defends: a journal row says exactly what the event said, and damaged rows are not read as something else.
struct EntryTests {
    private func event(subjects: Int = 2, user: String = "alice") throws -> Event {
        let account = try #require(AccountID("111122223333"))
        let principal = Principal.user(UserPrincipal(account: account, name: user, path: "/", uniqueID: "AIDAEXAMPLE"))
        var event = Event(
            id: "6f1d", time: Instant(milliseconds: 1_767_323_045_678), account: account, region: .usEast1,
            source: "iam.amazonaws.com", name: "CreateUser", isReadOnly: false, category: .management,
            identity: EventIdentity(principal: principal, accessKeyID: "AKIAEXAMPLE", session: nil),
            sourceAddress: "198.51.100.7", userAgent: "agent", requestID: "request")
        event.subjects = (0..<subjects).map { Event.Subject(type: "AWS::IAM::User", name: "user\($0)") }
        return event
    }

    @Test func comesBackAsItWas() throws {
        let event = try event(user: "ålice")
        let entry = try #require(Entry(Entry.pack(event)))
        #expect(entry.time == event.time)
        #expect(!entry.isReadOnly)
        #expect(entry.category == .management)
        #expect(entry.account == "111122223333")
        #expect(entry.region == "us-east-1")
        #expect((entry.id, entry.name) == (event.id, event.name))
        #expect((entry.source, entry.user, entry.accessKeyID) == (event.source, "ålice", "AKIAEXAMPLE"))
        #expect(entry.subjects == event.subjects)
        #expect(entry.record == event.record())
    }

    @Test(arguments: [true, false], [Event.Category.management, .data]) func flagsComeBack(
        _ isReadOnly: Bool, _ category: Event.Category
    ) throws {
        var event = try event()
        (event.isReadOnly, event.category) = (isReadOnly, category)
        let entry = try #require(Entry(Entry.pack(event)))
        #expect((entry.isReadOnly, entry.category) == (isReadOnly, category))
    }

    @Test func atMost255SubjectsAreKept() throws {
        let entry = try #require(Entry(Entry.pack(try event(subjects: 300))))
        #expect(entry.subjects.count == 255)
        #expect(!entry.record.isEmpty)
    }

    @Test func everyTruncationOfItsHeadIsRefused() throws {
        let event = try event()
        let bytes = Entry.pack(event)
        let head = bytes.count - event.record().count
        for count in 0..<head { #expect(Entry(Array(bytes.prefix(count))) == nil, "\(count) bytes") }
        #expect(Entry([2] + bytes.dropFirst()) == nil)
        #expect(Entry([bytes[0], 0b110] + bytes.dropFirst(2)) == nil)
    }

    @Test func longTextsAreCutBetweenCharacters() throws {
        var event = try event()
        event.errorCode = "AccessDenied"
        event.errorMessage = String(repeating: "å", count: 1000)
        event.userAgent = String(repeating: "x", count: 2000)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(event.record())) as? [String: Any])
        #expect(json["errorMessage"] as? String == String(repeating: "å", count: 512))
        #expect((json["userAgent"] as? String)?.count == 1024)
    }

    @Test func whatIsTooLargeIsLeftOut() throws {
        var event = try event()
        event.requestParameters = Array("{\"a\":\"\(String(repeating: "x", count: 100 * 1024))\"}".utf8)
        event.additionalData = Array("{\"a\":\"\(String(repeating: "x", count: 28 * 1024))\"}".utf8)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(event.record())) as? [String: Any])
        #expect(json["requestParameters"] == nil)
        #expect(json["additionalEventData"] == nil)
        #expect(json["responseElements"] is NSNull)
    }

    @Test func failuresShowNoResponse() throws {
        var event = try event()
        event.errorCode = "AccessDenied"
        event.responseElements = Array(#"{"a":1}"#.utf8)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(event.record())) as? [String: Any])
        #expect(json["responseElements"] is NSNull)
    }
}
