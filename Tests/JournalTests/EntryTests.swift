import AWS
import Foundation
import HTTP
import Testing
import World

@testable import Journal

/// Defends: a journal row says exactly what the event said, and damaged rows are not read as something else.
struct EntryTests {
    private func event(
        subjects: Int = 2, user: String = "alice", isReadOnly: Bool = false, category: Event.Category = .management,
        userAgent: String = "agent", errorCode: String? = nil, errorMessage: String? = nil,
        requestParameters: [UInt8]? = nil, responseElements: [UInt8]? = nil, additionalData: [UInt8]? = nil
    ) throws -> Event {
        let account = try #require(AccountID("111122223333"))
        let principal = Principal.user(UserPrincipal(account: account, name: user, path: "/", uniqueID: "AIDAEXAMPLE"))
        return Event(
            id: "6f1d", time: Instant(milliseconds: 1_767_323_045_678), account: account, region: .usEast1,
            source: "iam.amazonaws.com", name: "CreateUser", isReadOnly: isReadOnly, category: category,
            identity: EventIdentity(principal: principal, accessKeyID: "AKIAEXAMPLE", session: nil),
            sourceAddress: "198.51.100.7", userAgent: userAgent, requestID: "request", errorCode: errorCode,
            errorMessage: errorMessage, requestParameters: requestParameters, responseElements: responseElements,
            additionalData: additionalData,
            subjects: (0..<subjects).map { Event.Subject(type: "AWS::IAM::User", name: "user\($0)") })
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

    @Test func aRecordIsToldWordForWord() throws {
        let account = try #require(AccountID("111122223333"))
        let owner = try #require(AccountID("444455556666"))
        let role = RoleSessionPrincipal(
            account: owner, roleName: "reader", rolePath: "/", roleID: "AROAEXAMPLE", sessionName: "a \"name\"")
        let session = EventIdentity.Session(
            created: Instant(seconds: 1_767_323_045), isMFAAuthenticated: true, sourceIdentity: "alice")
        let event = Event(
            id: "6f1d", time: Instant(milliseconds: 1_767_323_045_678), account: account, region: .usEast1,
            source: "s3.amazonaws.com", name: "GetObject", isReadOnly: true, category: .data,
            identity: EventIdentity(principal: .roleSession(role), accessKeyID: "ASIAEXAMPLE", session: session),
            sourceAddress: "198.51.100.7", userAgent: "[é\n]", requestID: "request",
            tls: TLSFacts(version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256"), host: "localhost",
            requestParameters: Array(#"{"key":""#.utf8) + [0xFF, 0x00] + Array(#""}"#.utf8),
            additionalData: Array("{}".utf8),
            resources: [
                Event.Resource(account: owner, type: "AWS::S3::Bucket", arn: "arn:aws:s3:::b"),
                Event.Resource(account: nil, type: "AWS::S3::Object", arn: "arn:aws:s3:::b/k"),
            ])
        let expected =
            #"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:a \"name\"","#
            + #""arn":"arn:aws:sts::444455556666:assumed-role/reader/a \"name\"","accountId":"444455556666","#
            + #""accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","#
            + #""principalId":"AROAEXAMPLE","arn":"arn:aws:iam::444455556666:role/reader","#
            + #""accountId":"444455556666","userName":"reader"},"attributes":{"creationDate":"2026-01-02T03:04:05Z","#
            + #""mfaAuthenticated":"true"},"sourceIdentity":"alice"}},"eventTime":"2026-01-02T03:04:05Z","#
            + #""eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","#
            + #""sourceIPAddress":"198.51.100.7","userAgent":"[é\n]","requestParameters":{"key":"<>"},"#
            + #""responseElements":null,"additionalEventData":{},"requestID":"request","eventID":"6f1d","#
            + #""readOnly":true,"resources":[{"accountId":"444455556666","type":"AWS::S3::Bucket","#
            + #""ARN":"arn:aws:s3:::b"},{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b/k"}],"#
            + #""eventType":"AwsApiCall","managementEvent":false,"#
            + #""recipientAccountId":"111122223333","eventCategory":"Data","tlsDetails":{"tlsVersion":"TLSv1.3","#
            + #""cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"localhost"}}"#
        let halves = expected.split(separator: "<>").map { Array($0.utf8) }
        #expect(event.record() == halves[0] + [0xFF, 0x00] + halves[1])
    }

    @Test func rowsWrittenInFullAreRead() throws {
        // Before records were stored in parts, a row held the text itself.
        let bytes = Entry.pack(try event())
        let head = try #require(bytes.firstIndex(of: RecordPart.mark))
        let text = Array(#"{"eventVersion":"1.11","é":1}"#.utf8)
        #expect(try #require(Entry(bytes[..<head] + text)).record == text)
    }

    @Test func theNumbersOfPartsStay() throws {
        // Rows in every journal hold them.
        #expect(RecordPart.allCases.map(\.rawValue) == Array(0..<64))
        #expect((RecordPart.begin.rawValue, RecordPart.eventTime.rawValue, RecordPart.tls.rawValue) == (0, 20, 48))
        #expect(RecordField.allCases.map(\.rawValue) == Array(0x80...0x87))
    }

    @Test(arguments: [true, false], [Event.Category.management, .data]) func flagsComeBack(
        _ isReadOnly: Bool, _ category: Event.Category
    ) throws {
        let event = try event(isReadOnly: isReadOnly, category: category)
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
        let head = try #require(bytes.firstIndex(of: RecordPart.mark))
        for count in 0..<head { #expect(Entry(Array(bytes.prefix(count))) == nil, "\(count) bytes") }
        #expect(Entry([2] + bytes.dropFirst()) == nil)
        #expect(Entry([bytes[0], 0b110] + bytes.dropFirst(2)) == nil)
    }

    @Test func longTextsAreCutBetweenCharacters() throws {
        let event = try event(
            userAgent: String(repeating: "x", count: 2000), errorCode: "AccessDenied",
            errorMessage: String(repeating: "å", count: 1000))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(event.record())) as? [String: Any])
        #expect(json["errorMessage"] as? String == String(repeating: "å", count: 512))
        #expect((json["userAgent"] as? String)?.count == 1024)
    }

    @Test func whatIsTooLargeIsLeftOut() throws {
        let event = try event(
            requestParameters: Array("{\"a\":\"\(String(repeating: "x", count: 100 * 1024))\"}".utf8),
            additionalData: Array("{\"a\":\"\(String(repeating: "x", count: 28 * 1024))\"}".utf8))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(event.record())) as? [String: Any])
        #expect(json["requestParameters"] == nil)
        #expect(json["additionalEventData"] == nil)
        #expect(json["responseElements"] is NSNull)
    }

    @Test func failuresShowNoResponse() throws {
        let event = try event(errorCode: "AccessDenied", responseElements: Array(#"{"a":1}"#.utf8))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(event.record())) as? [String: Any])
        #expect(json["responseElements"] is NSNull)
    }
}
