import Door
import Formats
import Foundation
import IAMAPI
import Journal
import STSAPI
import Smithy
import Storage
import Testing
import World

/// Defends: records look as CloudTrail's do, member by member.
@Suite(.serialized) struct RecordFormTests {
    /// - Source: real log files; CloudTrail User Guide, record contents.
    private static let order = [
        "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
        "userAgent",
        "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData", "requestID",
        "eventID",
        "readOnly", "resources", "eventType", "managementEvent", "recipientAccountId", "eventCategory",
        "tlsDetails",
    ]
    private static let always = [
        "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
        "userAgent",
        "requestParameters", "responseElements", "requestID", "eventID", "readOnly", "eventType", "managementEvent",
        "recipientAccountId", "eventCategory", "tlsDetails",
    ]

    private func keys(_ record: [UInt8]) throws -> [String] {
        var reader = JSONReader(record)
        var keys: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            keys.append(key)
            try reader.skipValue()
        }
        try reader.finish()
        return keys
    }

    @Test func membersAreInTheOrderOfRealFiles() async throws {
        let stage = try await Stage()
        for allowed in [false, true] {
            if allowed { try await stage.grant([Statement()]) }
            for operation in OperationCase.all { _ = try await stage.call(operation) }
        }
        for record in try stage.house.records() {
            let keys = try keys(record.entry.record)
            #expect(keys == Self.order.filter { keys.contains($0) }, "\(record.name)")
            for key in Self.always { #expect(keys.contains(key), "\(record.name) lacks \(key)") }
            #expect(keys.contains("errorCode") == keys.contains("errorMessage"), "\(record.name)")
        }
    }

    @Test func requestAndRecordShareTheirID() async throws {
        let stage = try await Stage()
        let answer = try await stage.house.must(IAM.service, "GetUser", ["UserName": "alice"])
        #expect(answer.text("RequestId") == answer.records.first?.json["requestID"] as? String)
        #expect(answer.records.first?.json["eventID"] as? String == answer.records.first?.entry.id)
    }

    @Test func globalServicesRecordInOneRegion() async throws {
        let stage = try await Stage()
        let iam = try await stage.house.call(IAM.service, "ListUsers", as: stage.house.root, region: "eu-west-1")
        #expect(iam.records.first?.json["awsRegion"] as? String == "us-east-1")
        let sts = try await stage.house.call(
            STS.service, "GetCallerIdentity", as: stage.house.root, region: "eu-west-1")
        #expect(sts.records.first?.json["awsRegion"] as? String == "eu-west-1")
    }

    @Test func rootIsRoot() async throws {
        let stage = try await Stage()
        let record = try #require(try await stage.house.must(IAM.service, "ListUsers").records.first)
        let identity = try #require(record.json["userIdentity"] as? [String: Any])
        #expect(identity["type"] as? String == "Root")
        #expect(identity["principalId"] as? String == House.account)
        #expect(identity["arn"] as? String == Stage.iam + "root")
        #expect(record.entry.user == "root")
    }
}
